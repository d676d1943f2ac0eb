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
import type { PoolOptions, TuningOptions } from "../config/pool-options.js";
import type { PoolStatistics } from "./pool-statistics.js";

export type { AddressSpace, Layer, PoolFacts, PoolOptions, Reservation, SizeGroup, Strategy, TuningOptions };

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
