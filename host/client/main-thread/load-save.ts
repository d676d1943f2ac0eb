import { UserError } from "../../errors.js";
import { hasOtherBytes } from "../../files/path-bytes.js";
import { pollUntil } from "../../process/poll.js";
import type { PoolRequester } from "../ask.js";
import { runOnMainThread } from "./run-on-main-thread.js";

/** How often to poll the game's loading flag, in milliseconds. */
const pollMs = 50;
/** How long the flag may take to rise after the line was run, in milliseconds. */
const beginMs = 5_000;

/** A saved game that was loaded. */
export interface LoadedSave {
    /** Save name without `.fos`. */
    name: string;
    /** From the command until the game's loading flag falls, in milliseconds. */
    milliseconds: number;
}

/**
 * Loads a saved game on the game's own console and waits until the flag of its save manager reports that it is loaded.
 *
 * @param name of the save's file, without `.fos`
 * @throws UserError BAD_SAVE if the game does not load it, and the errors of `runOnMainThread`
 */
export async function loadSave(client: PoolRequester, name: string): Promise<LoadedSave> {
    if (name.includes('"')) throw notLoaded(name, "its name has a quotation mark");
    if (hasOtherBytes(name)) {
        throw notLoaded(name, "its name has bytes that are no UTF-8, and the console takes only text");
    }
    const begin = Date.now();
    const stop = new AbortController();
    const flag = watchFlag(client, stop.signal);
    try {
        const ran = await runOnMainThread(client, { kind: "run", text: `load "${name}"` });
        if (!ran) throw notLoaded(name, "the game refused the line");
        if (!(await flag.hasRisen())) throw notLoaded(name, "the game did not begin to load it");
        await flag.hasFallen();
        return { name, milliseconds: Date.now() - begin };
    } finally {
        stop.abort();
    }
}

/** Polls the flag from before the command on: the game may load the save within the one line. */
function watchFlag(client: PoolRequester, signal: AbortSignal) {
    let [hasRisen, isUp] = [false, false];
    const failure = pollUntil<never>(
        async () => {
            isUp = (await client.ask("gameState", null)).loading === true;
            hasRisen ||= isUp;
            return null;
        },
        { everyMs: pollMs, signal },
    );
    failure.catch(() => {}); // reported by the waits below
    const until = async (isReached: () => boolean, limitMs?: number): Promise<boolean> => {
        const reached = pollUntil(() => isReached() || null, { everyMs: pollMs, limitMs, signal });
        return (await Promise.race([failure, reached])) === true;
    };
    return {
        hasRisen: () => until(() => hasRisen, beginMs),
        hasFallen: () => until(() => !isUp),
    };
}

function notLoaded(name: string, why: string): UserError {
    return new UserError("BAD_SAVE", `${name} was not loaded: ${why}`, "List the saves: poolnv saves");
}
