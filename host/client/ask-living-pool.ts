import { UserError } from "../errors.js";
import { usualAnswerLimitMs, EngineTimeout, EngineError } from "../frida/engine.js";
import { findMailbox } from "./mailbox/find-mailbox.js";
import { MailboxClient } from "./mailbox/mailbox-client.js";
import { ProcessMemory } from "./mailbox/process-memory.js";
import { ask } from "./ask.js";
import { foundPool, noPool } from "./install.js";
import { LivingPoolSession } from "./living-pool-session.js";
import type { PoolSession } from "./pool-session.js";

/** How long a pool may keep silent before an agent is sent to look after it, in milliseconds. */
const silenceMs = 3_000;

/**
 * Opens a console on a living pool without touching the program: no injection, no thread of it in hand.
 *
 * @param pid of this Linux system
 * @param mustHavePool whether a program that surely has none is refused
 * @returns null where only an injection can tell: the system does not let us look, the pool is not ready or not sound, or
 *   it keeps silent, as in the child of a program
 * @throws UserError NO_POOL, FORGED_POOL
 */
export async function askLivingPool(
    pid: number,
    { mustHavePool, answerLimitMs = usualAnswerLimitMs }: { mustHavePool: boolean; answerLimitMs?: number | undefined },
): Promise<PoolSession | null> {
    const memory = ProcessMemory.open(pid);
    if (memory === null) return null;
    try {
        const seen = findMailbox(memory);
        if (seen.kind === "none" && mustHavePool) throw noPool();
        const session = seen.kind === "living" ? await open(memory, seen.mailbox, answerLimitMs) : null;
        if (session === null) memory.close();
        return session;
    } catch (error) {
        memory.close();
        if (error instanceof UserError) throw error;
        return null; // it ended, or its memory changed while we looked
    }
}

async function open(memory: ProcessMemory, address: number, answerLimitMs: number): Promise<PoolSession | null> {
    const line = new MailboxClient(memory, address, answerLimitMs);
    try {
        const facts = await ask({ request: (name, payload) => line.request(name, payload, silenceMs) }, "find", null);
        if (facts?.hooked === true)
            return new LivingPoolSession(
                { kind: null, version: "", close: () => memory.close() },
                line,
                foundPool(facts),
            );
        await line.detach();
        return null;
    } catch (error) {
        await line.detach();
        if (error instanceof EngineTimeout || error instanceof EngineError) return null;
        throw error;
    }
}
