import type { Layer, Reservation, SizeGroup, Strategy } from "../../shared/protocol/install.js";
import type { EngineChoice } from "../frida/engine.js";

/** Options of `attach`, `connect` and `launch`. Every field has a default. */
export interface PoolOptions {
    /** Which engine attaches to the program; default `auto`. */
    engine?: EngineChoice;
    /** Wine prefix of the program; default: the program's own, else $WINEPREFIX, else ~/.wine. */
    winePrefix?: string;
    /** Wanted pool size in MB (1 MB = 1,048,576 bytes), 16 to 1536; default 1536. */
    poolSizeMb?: number;
    /** How memory is handed out; default `recycle`. */
    strategy?: Strategy;
    /**
     * Whether the pool's address space is reserved at once or in segments of 16 MB as they are needed, high addresses
     * first. Segments are for 32-bit Windows programs with the strategy `recycle`. Default `whole`.
     */
    reserve?: Reservation;
    /** Layers to hook; those that the program does not have are left out. Default `["crt", "gameheap"]`. */
    layers?: Layer[];
    /** Whether lines can be run on the console of a game, for which its frame function is hooked; default true. */
    gameConsole?: boolean;
    /** Whether lines printed by `PrintC` and `GetMemoryPoolStats` are printed in the game, too; default false. */
    printInGame?: boolean;
    /**
     * Whether the game's own heaps are turned off when it is launched, by patches beyond those of the layers. Needs the
     * layers `gameheap` and `scrapheap`. Refused by `attach`. Default false.
     */
    extraPatches?: boolean;
    /**
     * Whether to install the pool in a Linux program that is in a sandbox (seccomp) other than ours. Its rules can't be
     * read, and some sandboxes end a program at what an installation does. Default false: such a program is refused.
     */
    sandboxed?: boolean;
    /** Log file; default: `Data/NVSE/Plugins/MemoryPool_Debug.log` of a game, else `poolnv-<pid>.log` beside the program. */
    logFile?: string;
    /** Default: all off. */
    tuning?: TuningOptions;
    /** The file that these options come from, for the log to name. */
    settingsFile?: string;
    /** Longest wait for one reply of the program, in milliseconds; default 20000. Attaching itself may take a minute. */
    answerLimitMs?: number;
    /** Called with one line each time a step begins or something deserves a warning. */
    onProgress?: (line: string) => void;
}

/** Tuning of the pool. A value out of bounds, or too large for the pool, is refused with a UserError USAGE. */
export interface TuningOptions {
    /** Freed memory that rests before it is reused, in MB, 0 to 512; default 0: none. */
    quarantineMb?: number;
    /** Part of the pool that is touched before the program continues, in MB, up to the pool's size; default 0: none. */
    prefaultMb?: number;
    /** Seconds without growth of the pool after which wholly free memory is released, 0 to 86400; default 0: never. */
    trimIdleSeconds?: number;
    /**
     * Part of the pool for each group of block sizes, in MB; together not more than the pool. A full group borrows from
     * the others. Default 0: the default share.
     */
    groupsMb?: Partial<Record<SizeGroup, number>>;
}

/** The defaults, for scripts, the configuration file and the command line alike. */
export const poolDefaults = {
    engine: "auto" as EngineChoice,
    poolSizeMb: 1536,
    strategy: "recycle" as Strategy,
    reserve: "whole" as Reservation,
    layers: ["crt", "gameheap"] as Layer[],
    gameConsole: true,
    printInGame: false,
    extraPatches: false,
    sandboxed: false,
    tuning: {
        quarantineMb: 0,
        prefaultMb: 0,
        trimIdleSeconds: 0,
        groupsMb: { small: 0, medium: 0, large: 0, huge: 0 },
    },
};
