import { patchStatus } from "../../shared/layout.js";
import type { PoolFacts } from "../../shared/protocol/pool.js";
import { findPool, type FoundPool } from "../process/control-block.js";
import { seemingGame } from "../process/game/known-game.js";
import { patchFailure } from "../process/patch-failure.js";
import { platform } from "../process/platform/index.js";
import { Refusal } from "../refusal.js";

/**
 * The pool of this process, or null.
 *
 * @throws Refusal FORGED_POOL, FOREIGN_VERSION, THREADS_WOULD_NOT_STOP while another host is installing it
 */
export function findFacts(): PoolFacts | null {
    const found = findHooked();
    if (found === null) return null;
    const { strategy, layers, regionBytes, requestedBytes, logFile, functions } = found.claims;
    return {
        strategy,
        layers,
        poolBytes: regionBytes,
        requestedBytes,
        hooked: true,
        logFile,
        pid: Process.id,
        arch: Process.arch,
        platform: platform().name,
        program: Process.mainModule.path,
        game: seemingGame()?.profile?.id ?? null,
        hasMainThreadQueue: functions.has("main_thread"),
    };
}

/** How long a resident may take to begin, in milliseconds, and how often to check whether it has. */
const beginMs = 2000;
const pollMs = 5;

/**
 * Starts the resident of a forked child: the child has the pool of its parent, and none of its threads. Does nothing if the
 * resident runs.
 *
 * @throws Refusal as `findFacts`, NO_POOL, NO_ROOM if the system refuses a thread
 */
export async function revive(): Promise<null> {
    const { control, claims } = living();
    if (control.residentPid() === Process.id) return null;
    const start = claims.functions.get("start_resident")!;
    let error: number;
    try {
        error = new NativeFunction(start, "int", [])();
    } catch (reason) {
        throw new Refusal("FORGED_POOL", `the pool's function start_resident failed: ${String(reason)}`);
    }
    if (error !== 0) throw new Refusal("NO_ROOM", `the system refused a thread for the pool (error ${error})`);
    const end = Date.now() + beginMs;
    while (control.residentPid() !== Process.id && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
    return null;
}

/** @throws Refusal as `findFacts`, and NO_POOL */
export function living(): FoundPool {
    const found = findHooked();
    if (found === null) throw new Refusal("NO_POOL", "this program has no pool");
    return found;
}

function findHooked(): FoundPool | null {
    const found = findPool();
    if (found !== null && found.claims.stage !== "hooked") throw patchFailure(patchStatus.notTried);
    return found;
}
