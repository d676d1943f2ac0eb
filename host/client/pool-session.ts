import type {
    AddressSpace,
    CallersPage,
    CodePlace,
    MainThreadWork,
    GameState,
    Layer,
    PoolFacts,
    Reservation,
    SeenException,
    SizeGroup,
    Strategy,
    WorkState,
} from "../../shared/protocol.js";
import type { EngineChoice } from "../frida/engine.js";
import type { PoolStatistics } from "./pool-statistics.js";

export type { AddressSpace, Layer, PoolFacts, Reservation, SizeGroup, Strategy };

/** What `attach` and `launch` can be told. Every field has a default. */
export interface PoolOptions {
    /** Which engine carries frida-core; default `auto`. */
    engine?: EngineChoice;
    /** Wine prefix of the target; default: the target's own, else $WINEPREFIX, else ~/.wine. */
    winePrefix?: string;
    /** Wanted pool size in MB (1 MB = 1,048,576 bytes); default 1536. */
    poolSizeMb?: number;
    /** Default `recycle`. */
    strategy?: Strategy;
    /**
     * Whether the pool's address space is reserved at once or in segments of 16 MB as they are needed, high addresses first;
     * the latter in 32-bit Windows programs, with the strategy `recycle`. Default `whole`.
     */
    reserve?: Reservation;
    /** Default `["crt", "gameheap"]`; of these, those that the program has. */
    layers?: Layer[];
    /** Whether lines can be run on the console of a game, for which the function of its frame is hooked; default true. */
    gameConsole?: boolean;
    /** Whether what `PrintC` and `GetMemoryPoolStats` print appears on the console of a game, too; default false. */
    printInGame?: boolean;
    /**
     * Whether the game's own heaps are turned off as it is launched, by changes of its code beyond the functions of the
     * layers; with the layers `gameheap` and `scrapheap` only. Refused by `attach`. Default false.
     */
    extraPatches?: boolean;
    /** Log file; default: the contract's place. */
    logFile?: string;
    /** Default: nothing special. */
    tuning?: TuningOptions;
    /** The file that these options come from, for the log to name. */
    settingsFile?: string;
    /** Longest wait for one answer of the program, in milliseconds; default 20000. Attaching itself may take a minute. */
    answerLimitMs?: number;
    /** Called with one line each time a step begins or something deserves a warning. */
    onProgress?: (line: string) => void;
}

/** How the pool is tuned. What goes beyond the bounds, or does not fit into the pool, is refused as wrong usage. */
export interface TuningOptions {
    /** Freed memory that rests before it is used again, in MB, 0 to 512; default 0: none. */
    quarantineMb?: number;
    /** Part of the pool that is touched before the program goes on, in MB, up to the pool's size; default 0: none. */
    prefaultMb?: number;
    /** Seconds without growth of the pool after which wholly free memory is given back, 0 to 86400; default 0: never. */
    trimIdleSeconds?: number;
    /**
     * Part of the pool for each group of block sizes, in MB; together not more than the pool. A full group borrows from
     * the others. Default 0: the usual share.
     */
    groupsMb?: Partial<Record<SizeGroup, number>>;
}

/** What `launch` can be told besides. */
export interface LaunchOptions extends PoolOptions {
    /** Send the program's standard output to our standard error, because ours carries one JSON document. */
    programOutputToStderr?: boolean;
    /** Working directory of the program; default: ours. */
    cwd?: string;
}

/** How the pool came to be under the program. */
export interface InstallReport {
    /** True when a living pool was found and nothing was installed. */
    alreadyInstalled: boolean;
    /** Why the pool is smaller than asked for, or null. */
    stepDown: string | null;
    /** Longest time the program's threads stood still while the hooks were written, in milliseconds, or null. */
    stalledMs: number | null;
    /** C runtimes and the functions replaced in them; empty when already installed. */
    runtimes: { module: string; functions: string[] }[];
    /** Places of a game's code that were changed to turn its own heaps off; 0 when already installed. */
    patches: number;
}

/** A conversation with the living pool of one program. Ending it never ends the pool. */
export interface PoolSession {
    /** What is known of the pool and its program. */
    readonly facts: PoolFacts;
    /** How the pool came to be under the program. */
    readonly install: InstallReport;
    /**
     * Which engine carries this session: `binding`, `python` or `wine`, and its frida version. Null for a living pool that
     * answers by itself.
     */
    readonly engine: { kind: string; version: string } | null;
    /** Resolves once, when the session ends for whatever reason; `reason` is null after `close()`. */
    readonly ended: Promise<{ reason: string | null }>;
    /** What the pool counts. */
    statistics(): Promise<PoolStatistics>;
    /** Sends new allocations to the pool (true) or to the original (false). Live pool blocks stay valid either way. */
    setActive(active: boolean): Promise<boolean>;
    /** Gives wholly free memory back; returns bytes. Never moves or frees a live block. */
    reset(): Promise<number>;
    /**
     * Samples who asks for memory, one in so many calls, up to 1,000,000; 0 ends it. Where it is under way already, nothing
     * changes. It ends by itself when nobody has read for half a minute. Returns what is in force.
     */
    sampleCallers(oneIn: number): Promise<number>;
    /** What was sampled, the page that begins there; the first begins at 0. */
    callers(from: number): Promise<CallersPage>;
    /** Where up to 24 addresses in code lie, in hexadecimal. */
    locate(addresses: string[]): Promise<CodePlace[]>;
    /** Of a game whose frames the pool sees; like the next three. */
    gameState(): Promise<GameState>;
    /** Leaves work for the game's main thread; returns its ticket. `host/client/main-thread` waits for it. */
    leaveWork(work: MainThreadWork): Promise<number>;
    /** How far a piece of work is. */
    workState(ticket: number): Promise<WorkState>;
    /** Takes work back; false where the game has begun with it. */
    cancelWork(ticket: number): Promise<boolean>;
    /**
     * Hears of exceptions of the program as they are raised, whoever handles them. Not over a living pool that answers by
     * itself.
     */
    watchExceptions(listener: (seen: SeenException) => void): Promise<void>;
    /** Appends lines to the pool's log. */
    log(lines: string[]): Promise<void>;
    /** Leaves the program running with its pool. Idempotent. */
    close(): Promise<void>;
}
