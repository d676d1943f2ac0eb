import type { PoolStatistics } from "../../client/pool-statistics.js";
import type { Expectation } from "../expectations/expectation.js";

/** What is done with each save. */
export interface Scenario {
    /** Tells it from anything else that a file may have as its default export. */
    readonly kind: "scenario";
    /** Null for the usual one. */
    readonly name: string | null;
    /** Folder of the saves; null: one turn without a save. A relative one starts at the scenario's file. */
    readonly saves: string | null;
    /** Null: the usual ones. */
    readonly expectations: readonly Expectation[] | null;
    /** The steps, once for each save. */
    run: (steps: Steps) => Promise<void>;
}

/** The save whose turn it is. */
export interface SaveToTest {
    /** Name of the file without `.fos`, which is what the game's `load` takes. */
    readonly name: string;
    /** Full path. */
    readonly file: string;
}

/**
 * What a scenario can do, one step after the other; each may be taken out of it by its name. A step rejects when the turn is
 * over: the program ended or hangs, or somebody interrupted. Let that pass; the verdict is known then.
 */
export interface Steps {
    /** The save whose turn it is; null in a run without saves. */
    readonly save: SaveToTest | null;
    /** Seconds of soaking that the command line asks for. */
    readonly soakSeconds: number;
    /** Starts the program with its pool. With `--session` only where it does not run yet. */
    readonly launch: () => Promise<void>;
    /** Puts the pool under a program that runs. It is never ended. */
    readonly attach: (process: string | number) => Promise<void>;
    /**
     * Has the game load a save; `waitForLoaded` waits for its end. A save that the program was given on its command line
     * loads by itself.
     *
     * @param name without `.fos`; the save whose turn it is, where not given
     */
    readonly loadSave: (name?: string) => Promise<void>;
    /** Waits until the save is loaded, or until a program without saves begins to use its pool. */
    readonly waitForLoaded: () => Promise<void>;
    /**
     * Runs a line on the console of the game.
     *
     * @returns whether the game says that it did it
     */
    readonly runConsole: (line: string) => Promise<boolean>;
    /** Waits. */
    readonly waitSeconds: (seconds: number) => Promise<void>;
    /** Waits until the game has run so many frames. */
    readonly waitFrames: (frames: number) => Promise<void>;
    /** Takes a sample now; one a second is taken in any case. */
    readonly sample: () => Promise<PoolStatistics>;
    /** Writes a line into the results. */
    readonly note: (text: string) => void;
}

/** How a scenario is written. */
export interface ScenarioDefinition {
    /** Name for people; default: that of the file. */
    name?: string;
    /** Folder of the saves that it is run with, one after the other, relative to the scenario's file; default: none. */
    saves?: string;
    /** Default: usage below 90%, fallback below 0.1%, no corruption, alive. */
    expectations?: readonly Expectation[];
    /** The steps. */
    run: (steps: Steps) => Promise<void>;
}

/**
 * Defines a scenario of a load test. A file that has one as its default export is run by `poolnv loadtest FILE`.
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
