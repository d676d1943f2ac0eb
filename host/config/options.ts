import type { Layer, Reservation, SizeGroup, Strategy } from "../../shared/protocol/install.js";
import type { EngineChoice } from "../frida/engine.js";

/** Options of `attach` and `launch`. Every field has a default. */
export interface PoolOptions {
    /** Which engine runs Frida; default `auto`. */
    engine?: EngineChoice;
    /** Wine prefix of the program; default: its own, else $WINEPREFIX, else ~/.wine. */
    winePrefix?: string;
    /** Wanted size of the pool in MB (1 MB = 1,048,576 bytes); default 1536. */
    poolSizeMb?: number;
    /** How memory is handed out; default `recycle`. */
    strategy?: Strategy;
    /**
     * Whether the pool's address space is reserved at once or in segments of 16 MB on demand, from high addresses down;
     * segments only in 32-bit Windows programs, with the strategy `recycle`. Default `whole`.
     */
    reserve?: Reservation;
    /** Layers to install, as far as the program has them; default `["crt", "gameheap"]`. */
    layers?: Layer[];
    /** Whether lines can be run on the console of a game: hooks the function that it calls each frame. Default true. */
    gameConsole?: boolean;
    /** Whether the output of `PrintC` and `GetMemoryPoolStats` is repeated on the console of a game; default false. */
    printInGame?: boolean;
    /**
     * Whether the game's own heaps are turned off at launch by patches beyond the functions of the layers; only with the
     * layers `gameheap` and `scrapheap`. Refused by `attach`. Default false.
     */
    extraPatches?: boolean;
    /** Log file; default: `MemoryPool_Debug.log` in the game's plugin folder, else a file beside the program. */
    logFile?: string;
    /** Default: everything off. */
    tuning?: TuningOptions;
    /** The file that these options come from; the log names it. */
    settingsFile?: string;
    /** Longest wait for one answer of the program, in milliseconds; default 20000. Attaching itself may take a minute. */
    answerLimitMs?: number;
    /** Called with one line at the start of each step and for each warning. */
    onProgress?: (line: string) => void;
}

/** Tuning of the pool. Values out of bounds, or that do not fit into the pool, are refused as wrong usage. */
export interface TuningOptions {
    /** Freed memory that is held back before it is reused, in MB, 0 to 512; default 0: off. */
    quarantineMb?: number;
    /** Part of the pool that is touched before the program goes on, in MB, up to the pool's size; default 0: none. */
    prefaultMb?: number;
    /** Seconds without growth of the pool after which wholly free memory is returned, 0 to 86400; default 0: never. */
    trimIdleSeconds?: number;
    /**
     * Part of the pool for each size group, in MB; together not more than the pool. A full group borrows from the others.
     * Default 0: the default share.
     */
    groupsMb?: Partial<Record<SizeGroup, number>>;
}

/** Options of `launch`. */
export interface LaunchOptions extends PoolOptions {
    /** Whether the program's standard output goes to our standard error, because ours holds one JSON document. */
    programOutputToStderr?: boolean;
    /** Working directory of the program; default: ours. */
    cwd?: string;
}

/** Defaults of the programming interface, the configuration file and the command line. */
export const poolDefaults = {
    engine: "auto" as EngineChoice,
    poolSizeMb: 1536,
    strategy: "recycle" as Strategy,
    reserve: "whole" as Reservation,
    layers: ["crt", "gameheap"] as Layer[],
    gameConsole: true,
    printInGame: false,
    extraPatches: false,
    tuning: {
        quarantineMb: 0,
        prefaultMb: 0,
        trimIdleSeconds: 0,
        groupsMb: { small: 0, medium: 0, large: 0, huge: 0 },
    },
};
