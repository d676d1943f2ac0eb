import type { PoolStatistics } from "../../../shared/pool-statistics.js";
import type { Expectation } from "./expectations.js";

/** What is done with each save. */
export interface Scenario {
    /** Distinguishes it from other default exports. */
    readonly kind: "scenario";
    /** Null for the default scenario. */
    readonly name: string | null;
    /** Folder of the saves, relative to the scenario's file; null: one test case without a save. */
    readonly saves: string | null;
    /** Null: the default expectations. */
    readonly expectations: readonly Expectation[] | null;
    /** Performs the steps, once for each save. */
    run: (steps: Steps) => Promise<void>;
}

/** The save of a test case. */
export interface SaveToTest {
    /** Name of the file without `.fos`, as the game's `load` takes it. */
    readonly name: string;
    /** Full path. */
    readonly file: string;
}

/**
 * What a scenario can do, one step after the other. The object may be destructured. A step rejects when the test case ends:
 * the program ended or hangs, or the run was interrupted. Do not catch that; the verdict is known then.
 */
export interface Steps {
    /** The save under test; null in a run without saves. */
    readonly save: SaveToTest | null;
    /** Seconds to soak, from the command line. */
    readonly soakSeconds: number;
    /** Starts the program with its pool. With `--session` only if it is not running yet. */
    readonly launch: () => Promise<void>;
    /** Installs the pool in a running program, which is never ended. */
    readonly attach: (process: string | number) => Promise<void>;
    /**
     * Has the game load a save; `waitForLoaded` waits until it is loaded. Does nothing for a save that is on the program's
     * command line.
     *
     * @param name without `.fos`; default: the save under test
     */
    readonly loadSave: (name?: string) => Promise<void>;
    /** Waits until the save is loaded, or until a program without saves begins to use its pool. */
    readonly waitForLoaded: () => Promise<void>;
    /**
     * Runs a line on the console of the game.
     *
     * @returns whether the game accepted it
     */
    readonly runConsole: (line: string) => Promise<boolean>;
    /** Waits. */
    readonly waitSeconds: (seconds: number) => Promise<void>;
    /** Waits until the game has run this many frames. */
    readonly waitFrames: (frames: number) => Promise<void>;
    /** Takes a sample now, besides those at the interval of the run. */
    readonly sample: () => Promise<PoolStatistics>;
    /** Writes a line into the results. */
    readonly note: (text: string) => void;
}

/** What `scenario` takes. */
export interface ScenarioDefinition {
    /** Shown in results; default: the name of the file. */
    name?: string;
    /** Folder of the saves to test, relative to the scenario's file; default: none. */
    saves?: string;
    /** Default: usage below 90%, fallback below 0.1%, no corruption, alive. */
    expectations?: readonly Expectation[];
    /** Performs the steps, once for each save. */
    run: (steps: Steps) => Promise<void>;
}

/**
 * Defines a scenario of a load test. `poolnv loadtest FILE` runs a file that has one as its default export.
 *
 * @example
 * ```ts
 * import { expect, scenario } from "poolnv/loadtest";
 *
 * export default scenario({
 *     saves: "saves",
 *     expectations: [expect.usage.below("80%"), expect.alive()],
 *     async run({ launch, loadSave, waitForLoaded, runConsole, waitSeconds }) {
 *         await launch();
 *         await loadSave();
 *         await waitForLoaded();
 *         await runConsole("coc GSDocMitchellHouse");
 *         await waitSeconds(60);
 *     },
 * });
 * ```
 */
export function scenario({ name, saves, expectations, run }: ScenarioDefinition): Scenario {
    return {
        kind: "scenario",
        name: name ?? null,
        saves: saves ?? null,
        expectations: expectations ?? null,
        run: (steps) => run(steps),
    };
}

/** The scenario of a folder of saves: each is loaded, and the game is left running for a while. */
export const usualScenario = scenario({
    async run({ launch, loadSave, waitForLoaded, waitSeconds, soakSeconds }) {
        await launch();
        await loadSave();
        await waitForLoaded();
        await waitSeconds(soakSeconds);
    },
});
