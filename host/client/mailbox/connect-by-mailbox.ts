import type { PoolOptions } from "../../config/pool-options.js";
import { UserError } from "../../errors.js";
import { EngineTimeout, usualAnswerLimitMs } from "../../frida/engine.js";
import { ask } from "../ask.js";
import { asSeenFromHere, foundPool, noPool } from "../install.js";
import { PoolClient } from "../pool-client.js";
import { ProgramEnded } from "../program-ended.js";
import { findMailbox } from "./find-mailbox.js";
import { MailboxTransport } from "./mailbox-transport.js";
import { ProcessMemory } from "./process-memory.js";

/** How long a pool may take to answer the first request before a session script is sent, in milliseconds. */
const silenceMs = 3_000;

/**
 * Connects to a living pool by its mailbox, without injection and without suspending a thread.
 *
 * @param pid of this Linux system
 * @param mustHavePool whether to refuse a program that certainly has none
 * @returns null if only a session script can decide: the memory is not accessible, the pool is not ready or not sound, or
 *   it does not answer, as in a forked child
 * @throws UserError NO_POOL, FORGED_POOL
 */
export async function connectByMailbox(
    pid: number,
    mustHavePool: boolean,
    options: PoolOptions,
): Promise<PoolClient | null> {
    const memory = ProcessMemory.open(pid);
    if (memory === null) return null;
    let client: PoolClient | null = null;
    try {
        const found = findMailbox(memory);
        if (found.kind === "none" && mustHavePool) throw noPool();
        if (found.kind === "living") client = await connect(pid, memory, found.mailbox, options);
    } catch (error) {
        if (error instanceof UserError) throw error;
        // else the program ended, or its memory changed during the search
    } finally {
        if (client === null) memory.close();
    }
    return client;
}

async function connect(
    pid: number,
    memory: ProcessMemory,
    address: number,
    options: PoolOptions,
): Promise<PoolClient | null> {
    const transport = new MailboxTransport(memory, address, options.answerLimitMs ?? usualAnswerLimitMs);
    try {
        const first = { request: (name: string, payload: unknown) => transport.request(name, payload, silenceMs) };
        const facts = await ask(first, "find", null);
        if (facts?.hooked === true) return new PoolClient(transport, asSeenFromHere(foundPool(facts), pid), options);
        await transport.close();
        return null;
    } catch (error) {
        await transport.close();
        if (error instanceof EngineTimeout || error instanceof ProgramEnded) return null;
        throw error;
    }
}
