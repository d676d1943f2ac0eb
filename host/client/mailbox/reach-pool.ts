import { bareProgramName } from "../../../shared/program-name.js";
import type { PoolFacts } from "../../../shared/protocol/pool.js";
import { EngineTimeout, usualAnswerLimitMs } from "../../frida/engine.js";
import { ask } from "../ask.js";
import { noPool } from "../install.js";
import { ProgramEnded } from "../program-ended.js";
import type { Transport } from "../transport.js";
import { findMailbox, type ProgramHere } from "./find-mailbox.js";
import { findMailboxFiles, openMailboxFile } from "./mailbox-file.js";
import type { MailboxMemory } from "./mailbox-memory.js";
import { MailboxTransport } from "./mailbox-transport.js";
import { ProcessMemory } from "./process-memory.js";

/** A pool that answers by its mailbox. */
export interface ReachedPool {
    readonly transport: Transport;
    readonly facts: PoolFacts;
}

/** How long a pool may take to answer the first request in its mailbox file before an engine is asked, in milliseconds. */
const silenceMs = 3_000;

/**
 * Reaches a living pool by the mailbox in the memory of its program, without injection and without suspending a thread.
 *
 * @param answerLimitMs longest time for an answer
 * @returns null if only a script in the program can decide: the memory is not accessible, the pool is not ready or not
 *   sound, or it has no resident, as in a forked child
 * @throws UserError NO_POOL if it certainly has none, FORGED_POOL; AgentRefusal FOREIGN_VERSION; EngineTimeout
 */
export async function reachByMemory(
    program: ProgramHere,
    answerLimitMs: number = usualAnswerLimitMs,
): Promise<ReachedPool | null> {
    const memory = ProcessMemory.open(program.pid);
    if (memory === null) return null;
    let reached: ReachedPool | null = null;
    try {
        const found = findMailbox(memory, program);
        if (found.kind === "none") throw noPool();
        if (found.kind === "living") reached = await reach(found.mailbox, answerLimitMs);
        return reached;
    } finally {
        if (reached === null) memory.close();
    }
}

/**
 * Reaches a living pool of this Windows system by its mailbox file, without an engine.
 *
 * @param wanted file name of the program, or pid
 * @returns null if only an engine can decide: there is no such file, there are several, it does not answer, or another
 *   process has the same name
 * @throws UserError FORGED_POOL
 */
export async function reachByFile(
    wanted: string | number,
    answerLimitMs: number = usualAnswerLimitMs,
): Promise<ReachedPool | null> {
    const [only, second] = findMailboxFiles().filter(({ pid, program }) =>
        typeof wanted === "number" ? pid === wanted : bareProgramName(program) === bareProgramName(wanted),
    );
    const mailbox = only === undefined || second !== undefined ? null : openMailboxFile(only.path);
    if (only === undefined || mailbox === null) return null;
    try {
        const reached = await reach(mailbox, answerLimitMs, Math.min(silenceMs, answerLimitMs));
        if (reached === null) return null;
        const isAlone = typeof wanted === "number" || (await ask(reached.transport, "namesakes", null)).length === 0;
        if (reached.facts.pid === only.pid && isAlone) return reached;
        await reached.transport.close();
        return null;
    } catch (error) {
        if (error instanceof EngineTimeout) return null;
        throw error;
    }
}

/** @returns null if the program ends meanwhile, or if the pool is not ready */
async function reach(
    mailbox: MailboxMemory,
    answerLimitMs: number,
    firstAnswerMs: number = answerLimitMs,
): Promise<ReachedPool | null> {
    const transport = new MailboxTransport(mailbox, answerLimitMs);
    try {
        const first = { request: (name: string, payload: unknown) => transport.request(name, payload, firstAnswerMs) };
        const facts = await ask(first, "find", null);
        if (facts.hooked) return { transport, facts };
        await transport.close();
        return null;
    } catch (error) {
        await transport.close();
        if (error instanceof ProgramEnded) return null;
        throw error;
    }
}
