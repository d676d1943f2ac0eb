import { setTimeout as pause } from "node:timers/promises";
import { UserError } from "../../errors.js";
import type { PoolSession } from "../pool-session.js";
import { doWork } from "./run-on-main-thread.js";

/** How often we look at the game's flag, in milliseconds. */
const pollMs = 50;
/** How long the flag may take to rise once the line was run, in milliseconds. */
const beginMs = 5_000;

/** How a saved game was loaded. */
export interface LoadedSave {
    /** Of the saved game. */
    name: string;
    /** From the order until the game says that it loads no more, in milliseconds. */
    milliseconds: number;
}

/**
 * Loads a saved game by its name, through the game's own console, and waits until that is done as the save manager's flag
 * tells.
 *
 * @param name of the file, without `.fos`
 * @throws UserError BAD_SAVE where the game does not load it, and what `doWork` throws
 */
export async function loadSave(session: PoolSession, name: string): Promise<LoadedSave> {
    if (name.includes('"')) throw notLoaded(name, "its name has a quotation mark");
    const begin = Date.now();
    const watch = watchLoading(session);
    try {
        const ran = await doWork(session, { kind: "run", text: `load "${name}"` });
        if (!ran) throw notLoaded(name, "the game refused the line");
        if (!(await watch.hasBegun(beginMs))) throw notLoaded(name, "the game did not begin to load it");
        await watch.hasEnded();
        return { name, milliseconds: Date.now() - begin };
    } finally {
        watch.stop();
    }
}

/** Looks at the flag from before the order on: the game may load within the one line that asks for it. */
function watchLoading(session: PoolSession) {
    let seen = false;
    let loading = false;
    let stopped = false;
    let failure: Error | null = null;
    void (async () => {
        while (!stopped) {
            loading = (await session.gameState()).loading === true;
            seen ||= loading;
            await pause(pollMs);
        }
    })().catch((error: unknown) => {
        failure = error instanceof Error ? error : new Error(String(error));
    });
    const until = async (isReached: () => boolean, limitMs: number): Promise<boolean> => {
        for (const end = Date.now() + limitMs; !isReached(); await pause(pollMs)) {
            if (failure !== null) throw failure;
            if (Date.now() > end) return false;
        }
        return true;
    };
    return {
        hasBegun: (limitMs: number) => until(() => seen, limitMs),
        hasEnded: () => until(() => !loading, Infinity),
        stop: () => {
            stopped = true;
        },
    };
}

function notLoaded(name: string, why: string): UserError {
    return new UserError("BAD_SAVE", `${name} was not loaded: ${why}`, "See which saves there are: poolnv saves");
}
