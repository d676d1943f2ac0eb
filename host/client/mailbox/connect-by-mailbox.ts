import { bareProgramName } from "../../../shared/program-name.js";
import type { PoolOptions } from "../../config/pool-options.js";
import { UserError } from "../../errors.js";
import { EngineTimeout, usualAnswerLimitMs } from "../../frida/engine.js";
import { ask } from "../ask.js";
import { asSeenFromHere, foundPool, type Installed, noPool } from "../install.js";
import { PoolClient } from "../pool-client.js";
import { ProgramEnded } from "../program-ended.js";
import { findMailbox } from "./find-mailbox.js";
import { findMailboxFiles, openMailboxFile } from "./mailbox-file.js";
import type { MailboxMemory } from "./mailbox-memory.js";
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
        if (found.kind === "living") {
            client = await connect(found.mailbox, options, { seen: (installed) => asSeenFromHere(installed, pid) });
        }
    } catch (error) {
        if (error instanceof UserError) throw error;
        // else the program ended, or its memory changed during the search
    } finally {
        if (client === null) memory.close();
    }
    return client;
}

/**
 * Connects to a living pool of this Windows system by its mailbox file, without an engine.
 *
 * @param wanted file name of the program, or pid
 * @returns null if only an engine can decide: there is no such file, there are several, it does not answer, or another
 *   process has the same name
 * @throws UserError FORGED_POOL
 */
export async function connectByMailboxFile(wanted: string | number, options: PoolOptions): Promise<PoolClient | null> {
    const [only, second] = findMailboxFiles().filter(({ pid, program }) =>
        typeof wanted === "number" ? pid === wanted : bareProgramName(program) === bareProgramName(wanted),
    );
    const mailbox = only === undefined || second !== undefined ? null : openMailboxFile(only.path);
    if (only === undefined || mailbox === null) return null;
    return connect(mailbox, options, { expected: { pid: only.pid, isNamed: typeof wanted === "string" } });
}

interface Connection {
    /** The pool's facts as this host sees them. */
    seen?: (installed: Installed) => Installed;
    /** Of a program that was found by its mailbox file: its pid, and whether its name must be its own. */
    expected?: { pid: number; isNamed: boolean };
}

async function connect(
    mailbox: MailboxMemory,
    options: PoolOptions,
    { seen = (installed) => installed, expected }: Connection,
): Promise<PoolClient | null> {
    const transport = new MailboxTransport(mailbox, options.answerLimitMs ?? usualAnswerLimitMs);
    try {
        const first = { request: (name: string, payload: unknown) => transport.request(name, payload, silenceMs) };
        const [facts, namesakes] = await Promise.all([
            ask(first, "find", null),
            expected?.isNamed === true ? ask(first, "namesakes", null) : [],
        ]);
        const isWanted = expected === undefined || (facts?.pid === expected.pid && namesakes.length === 0);
        if (facts?.hooked === true && isWanted) {
            return new PoolClient(transport, seen(foundPool(facts)), options);
        }
        await transport.close();
        return null;
    } catch (error) {
        await transport.close();
        if (error instanceof EngineTimeout || error instanceof ProgramEnded) return null;
        throw error;
    }
}
