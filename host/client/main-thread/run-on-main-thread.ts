import type { MainThreadWork } from "../../../shared/protocol/main-thread.js";
import { UserError } from "../../errors.js";
import { pollUntil } from "../../process/poll.js";
import type { PoolRequester } from "../ask.js";

/** How often to poll the state of the work, in milliseconds. */
const pollMs = 50;
/** How long the game may run no frame before the work is cancelled, in milliseconds. */
const defaultIdleMs = 10_000;
/** Longest line, in bytes: the game's console cuts longer ones (xNVSE). */
export const longestLine = 500;

/** How long to wait for work, in milliseconds. */
export interface WorkLimits {
    /** Until the game starts it; default 10 s. */
    idleMs?: number;
    /** From then on, until it is done; default: no limit. */
    runningMs?: number;
}

/**
 * Queues work for the game's main thread, which runs it in one of its next frames, and waits until it has run. Work that
 * has started is waited for without a limit unless given: it may load a saved game.
 *
 * @returns whether the game reports success
 * @throws UserError NO_GAME_CONSOLE; USAGE for a text that is not a line; NOT_ANSWERING if the game runs no frames, after
 *   the work was cancelled, or if it exceeds `runningMs`
 */
export async function runOnMainThread(
    client: PoolRequester,
    work: MainThreadWork,
    { idleMs = defaultIdleMs, runningMs = Infinity }: WorkLimits = {},
): Promise<boolean> {
    checkText(work.text);
    const ticket = await client.ask("queueWork", work);
    const end = Date.now() + idleMs;
    const isDone = await pollUntil(
        async () => {
            const state = await client.ask("workState", ticket);
            if (state === "done") return true;
            if (state === "failed" || state === "gone") return false;
            const isOverdue = state === "waiting" && Date.now() > end;
            if (isOverdue && (await client.ask("cancelWork", ticket))) throw runsNoFrames(idleMs);
            if (state === "running" && Date.now() > end + runningMs) throw doesNotEnd(runningMs);
            return null;
        },
        { everyMs: pollMs },
    );
    return isDone === true;
}

function checkText(text: string): void {
    if (/\p{Cc}/u.test(text) || Buffer.byteLength(text) > longestLine) {
        throw new UserError(
            "USAGE",
            `The game's console takes one line of up to ${longestLine} bytes without control characters.`,
            "Shorten the line, and remove control characters.",
        );
    }
}

function doesNotEnd(runningMs: number): UserError {
    return new UserError(
        "NOT_ANSWERING",
        `the game has not finished within ${runningMs / 1000} s what it has started`,
        "Wait until it goes on, or restart it.",
    );
}

function runsNoFrames(idleMs: number): UserError {
    return new UserError(
        "NOT_ANSWERING",
        `the game has run no frame for ${idleMs / 1000} s, so nothing was done`,
        "Bring its window to the front: in the background it runs no frames. Then try again.",
    );
}
