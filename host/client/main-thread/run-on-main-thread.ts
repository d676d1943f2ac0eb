import { setTimeout as pause } from "node:timers/promises";
import type { MainThreadWork } from "../../../shared/protocol.js";
import { UserError } from "../../errors.js";
import type { PoolSession } from "../pool-session.js";

/** How often we look whether the game has done it, in milliseconds. */
const pollMs = 50;
/** How long the game may run no frame before the work is taken back, in milliseconds. */
const usualIdleMs = 10_000;
/** Longest line, in bytes: the game's console cuts what is longer (xNVSE). */
export const lineBytesAtMost = 500;

/** How long to wait for a piece of work, in milliseconds. */
export interface Patience {
    /** Until the game begins with it; default 10 s. */
    idleMs?: number;
    /** Until it is done from then on; default: as long as it takes. */
    runningMs?: number;
}

/**
 * Has work done by the game's main thread, in one of its next frames, and waits until that is done. What the game has
 * begun with is waited for as long as it takes unless said otherwise: it may be the loading of a saved game.
 *
 * @returns whether the game says that it did it
 * @throws UserError NO_GAME_CONSOLE, USAGE for a text that is no line, NOT_ANSWERING where the game runs no frames: the work is taken
 *   back then; and where it takes longer than it may
 */
export async function doWork(
    session: PoolSession,
    work: MainThreadWork,
    { idleMs = usualIdleMs, runningMs = Infinity }: Patience = {},
): Promise<boolean> {
    checkText(work.text);
    const ticket = await session.leaveWork(work);
    const end = Date.now() + idleMs;
    for (;;) {
        const state = await session.workState(ticket);
        if (state === "done") return true;
        if (state === "failed" || state === "gone") return false;
        const isOverdue = state === "waiting" && Date.now() > end;
        if (isOverdue && (await session.cancelWork(ticket))) throw runsNoFrames(idleMs);
        if (state === "running" && Date.now() > end + runningMs) throw doesNotEnd(runningMs);
        await pause(pollMs);
    }
}

function checkText(text: string): void {
    if (/\p{Cc}/u.test(text) || Buffer.byteLength(text) > lineBytesAtMost)
        throw new UserError(
            "USAGE",
            `That is no line for the game's console: one line of up to ${lineBytesAtMost} bytes is.`,
            "Shorten it, and leave control characters out.",
        );
}

function doesNotEnd(runningMs: number): UserError {
    return new UserError(
        "NOT_ANSWERING",
        `the game has not done within ${runningMs / 1000} s what it began with`,
        "Wait until it goes on, or restart it.",
    );
}

function runsNoFrames(idleMs: number): UserError {
    return new UserError(
        "NOT_ANSWERING",
        `the game has run no frame for ${idleMs / 1000} s, so that nothing was done`,
        "Bring its window to the front: it stands still in the background. Then try again.",
    );
}
