/**
 * The only contract between the agents in the target and the host. Both sides import it, nobody restates it.
 *
 * Two agents speak it. The *core* prepares the pool, is eternalized and stays for ever; the *console* comes and goes,
 * finds the living pool by its control block, arms it and answers questions about it.
 * Everything a target sends is untrusted: the host validates each reply (`host/client/replies.ts`).
 */

export { controlBytes, controlLayout, controlMagic, controlVersion, stages } from "./layout.js";

/** How the pool hands memory out: size classes with free lists, or the classic bump pointer that never reuses. */
export type Strategy = "recycle" | "bump";

/**
 * A group of hooked functions over the one pool: those of the C runtime; the members of a game's own heap; a game's heaps
 * for what lives a moment.
 */
export type Layer = "crt" | "gameheap" | "scrapheap";

/**
 * Size classes that share a part of the region: `small` requests are up to 244 bytes, `medium` up to 4 KB, `large` up to
 * 32 KB, and `huge` ones have pages of their own.
 */
export type SizeGroup = "small" | "medium" | "large" | "huge";

/** How the pool is tuned. 0 leaves a thing off, and a group its usual share. */
export interface Tuning {
    /** Freed bytes that are held back before they are used again. */
    quarantineBytes: number;
    /** Bytes of the region that are touched before the pool serves. */
    prefaultBytes: number;
    /** Seconds during which the pool has not grown, after which wholly free memory is given back. */
    trimIdleSeconds: number;
    /** Bytes of the region for each group; a full group borrows from the others. */
    groupBytes: Record<SizeGroup, number>;
}

/** All at once, or in pieces of 16 MB as they are needed. */
export type Reservation = "whole" | "segments";

/** What the core is asked to prepare. */
export interface PrepareRequest {
    /** Wanted size of the region in bytes; the core steps down when the address space has no such hole. */
    poolBytes: number;
    strategy: Strategy;
    /** How the address space of the region is taken; `segments` only in 32-bit Windows programs, elsewhere it is taken whole. */
    reserve: Reservation;
    tuning: Tuning;
    /** What is wanted. Those that the program does not have are left out. */
    layers: Layer[];
    /** Whether lines of script may be run in a game: its function of each frame is hooked for that. */
    gameConsole: boolean;
    /** Whether the places that turn the game's own heaps off are changed, too, before those begin. */
    extraPatches: boolean;
    /**
     * How long to wait for a protected program to unpack its code, in milliseconds. While a program is suspended that will
     * not happen.
     */
    unpackingMs: number;
    /** Log file in the target's own path notation, or null for the contract's default place. */
    logFile: string | null;
}

/** What the core prepared. Nothing is hooked yet: a host that dies now leaves a harmless script behind. */
export interface PrepareReport {
    /** Bytes really reserved. */
    poolBytes: number;
    requestedBytes: number;
    /** Why the pool is smaller than asked for, or null. */
    stepDown: string | null;
    /** C runtimes whose functions are about to be replaced, for example `msvcrt.dll`. */
    runtimes: RuntimeReport[];
    /** How many places are about to be changed to turn a game's own heaps off. */
    patches: number;
    logFile: string | null;
}

export interface RuntimeReport {
    module: string;
    profile: string;
    functions: string[];
}

/** What the console knows of the pool it found. */
export interface PoolFacts {
    /** Number of the process; under Wine that of Windows. */
    pid: number;
    /** Arch of the target as Frida names it: `ia32` or `x64`. */
    arch: string;
    /** `windows` or `linux`. */
    platform: string;
    /** Path of the program's file, as the program writes it. */
    program: string;
    /** How memory is handed out. */
    strategy: Strategy;
    /** Installed layers. */
    layers: Layer[];
    /** Bytes reserved for the pool. */
    poolBytes: number;
    /** Bytes that were asked for. */
    requestedBytes: number;
    /** Whether its hooks are written. */
    armed: boolean;
    /** Its log, as the program writes it; null: it has none. */
    logFile: string | null;
    /** Profile of the game that it is, or null. */
    game: string | null;
    /** Whether work can be left for the game's main thread. */
    hasMainThreadQueue: boolean;
}

/** Work for the main thread of a game: a line of script to run on its console, or a text to print there. */
export interface MainThreadWork {
    /** What is to be done with the text. */
    kind: "run" | "print";
    /** Up to 500 bytes in the program's own encoding, without control characters. */
    text: string;
}

/** How far a piece of work is; `gone` once nobody knows of it any more. */
export type WorkState = "waiting" | "running" | "done" | "failed" | "gone";

/** A game at one moment. */
export interface GameState {
    /** Frames since the pool came, modulo 2^32. */
    frames: number;
    /** Whether a saved game is loading; null before the game has a save manager. */
    loading: boolean | null;
}

/** An exception that a program raised, whatever came of it. */
export interface SeenException {
    /** As Frida names it: `access-violation`, `illegal-instruction`, ... */
    type: string;
    /** Of the instruction, in hexadecimal. */
    address: string;
    /** File name of the module that holds it, or null. */
    module: string | null;
    /** From the begin of that module, in bytes, or null. */
    offset: number | null;
}

/** What arming did, measured by the target itself. */
export interface ArmReport {
    /** False when the pool had been armed before: nothing was done. */
    armedNow: boolean;
    /** Longest time the other threads stood still, in nanoseconds. */
    stalledNs: number;
    /** Threads that were stopped. */
    threads: number;
    /** Times a thread was found inside bytes about to change and everything was let run on. */
    retries: number;
}

/** Of a 32-bit program, in bytes. */
export interface AddressSpace {
    /** What such a program can address. */
    total: number;
    /** Of it, what nobody has taken, not even reserved. */
    free: number;
    /** Of that, the largest piece. */
    largest_hole: number;
    /** Under Wine: more than that may be free, because Wine does not tell. */
    is_lower_bound: boolean;
}

/** All counters at one moment. */
export interface SnapshotReply {
    /**
     * `struct PoolSnapshot` (`cmodule/stats.h`) up to its last row in use, as u32 in decimal with commas between them: the
     * least work for the program.
     */
    words: string;
    /** Null in 64-bit programs. */
    address_space: AddressSpace | null;
}

/** Calls that asked for memory by one and the same way, among those that were sampled. */
export interface SampledCaller {
    /** Return addresses in hexadecimal, the innermost first: more than one only in 32-bit Windows programs. */
    chain: string[];
    /** How many of them were sampled. */
    samples: number;
    /** That they asked for together. */
    bytes: number;
}

/** Some of the sampled callers. Two rows may have the same chain. */
export interface CallersPage {
    /** Calls of which one is sampled; 0: none is any more. */
    oneIn: number;
    /** Another one where sampling began anew, and all before is forgotten. */
    epoch: number;
    /** Since it began. */
    samples: number;
    /** Of them, those of callers for whom there is no row. */
    unplaced: number;
    /** Where the next page begins; null: this is the last. */
    next: number | null;
    /** Up to 64. */
    rows: SampledCaller[];
}

/** Addresses that are located at a time. */
export const locatedAtOnce = 24;

/** Where an address lies. */
export interface CodePlace {
    /** File name of the module, or null: memory that belongs to none. */
    module: string | null;
    /** From the begin of that module, in bytes. */
    offset: number;
    /** The function of that module that begins before it, as far as it has names, up to 200 characters; or null. */
    function: string | null;
    /** From the begin of that function, in bytes. */
    into: number;
}

/** Requests the core answers, keyed by name. */
export interface ResidentRequests {
    prepare: { request: PrepareRequest; response: PrepareReport };
}

/** Requests the console answers, keyed by name. */
export interface PoolRequests {
    /** Finds the living pool; null when the process has none. */
    find: { request: null; response: PoolFacts | null };
    /** Stops the threads and writes the hooks, once; later calls do nothing. */
    arm: { request: null; response: ArmReport };
    snapshot: { request: null; response: SnapshotReply };
    setActive: { request: boolean; response: boolean };
    /** Gives wholly free memory back; returns bytes. */
    reset: { request: null; response: number };
    /**
     * Samples who asks for memory, one in so many calls, or ends it with 0. Whoever finds it under way joins. Ends by itself
     * when nobody has read for half a minute. Returns what is in force.
     */
    sampleCallers: { request: number; response: number };
    /** The page that begins there; the first begins at 0. */
    callers: { request: number; response: CallersPage };
    /** Up to `locatedAtOnce` addresses in hexadecimal. */
    locate: { request: string[]; response: CodePlace[] };
    /** Of a game with a desk. */
    gameState: { request: null; response: GameState };
    /** Leaves work for the game's main thread; returns its ticket. */
    leaveWork: { request: MainThreadWork; response: number };
    workState: { request: number; response: WorkState };
    /** Takes work back; false where the game has begun with it. */
    cancelWork: { request: number; response: boolean };
    /** Appends lines to the log, each with a time stamp. */
    log: { request: string[]; response: null };
    /** From now on the agent sends a message, a SeenException, for each one. */
    watchExceptions: { request: null; response: null };
}

/**
 * Memory in which hosts leave requests for the core, so that a host that may read and write the program's memory speaks
 * to a living pool without an injection. Its address stands in the control block. Each slot takes one request at a time:
 * text, its length, and last a number that the host chose; the core answers in the same order and at the same places.
 * Hosts that take the same slot in the same instant notice by the numbers, which the texts repeat, and ask again.
 */
export const mailbox = {
    slots: 16,
    slotBytes: 0x4000,
    /**
     * Behind the last slot: this text, then the address of the mailbox, u64. A host writes nowhere else: where the block is
     * damaged, the address in it may lead into the program's own data.
     */
    mark: "POOLNVMB",
    markBytes: 16,
    /** From the start of a slot: u64 number of the request, u64 of the answer, u32 length of each in bytes, the text. */
    layout: { request: 0, answer: 8, requestBytes: 16, answerBytes: 20, text: 24 },
} as const;

/** How often the core looks into the mailbox, in milliseconds: a host waits that long for an answer, on the average half of it. */
export const residentPollMs = 50;

/** As JSON in UTF-8. */
export interface MailboxRequest {
    /** 1 to 2^48 - 1 */
    number: number;
    name: string;
    payload: unknown;
}

/** As JSON in UTF-8. */
export interface MailboxAnswer {
    number: number;
    reply: Reply<unknown>;
}

/** Reasons for which an agent refuses. The host turns each into a user's error with a resolution. */
export type AgentErrorCode =
    | "NO_KNOWN_RUNTIME"
    | "NO_SUCH_LAYER"
    | "NO_EXTRA_PATCHES"
    | "UNKNOWN_GAME_VERSION"
    | "GAME_CHANGED"
    | "GAME_PROTECTED"
    | "OTHER_REPLACER"
    | "NO_GAME_CONSOLE"
    | "MAIN_THREAD_QUEUE_FULL"
    | "NO_ROOM"
    | "UNHOOKABLE"
    | "UNSUPPORTED_PLATFORM"
    | "LOG_NOT_WRITABLE"
    | "ALREADY_INSTALLED"
    | "NO_POOL"
    | "FOREIGN_VERSION"
    | "FORGED_POOL"
    | "THREADS_WOULD_NOT_STOP"
    | "INTERNAL";

/** Every RPC reply: agents never throw across the wire, because engines render exceptions differently. */
export type Reply<T> = { ok: true; value: T } | { ok: false; error: AgentError };

export interface AgentError {
    code: AgentErrorCode;
    message: string;
    stack?: string;
    /** With GAME_CHANGED: what differs. */
    mismatches?: ByteMismatch[];
}

/** A function of a game, or another place of its code, that is not as its profile says. */
export interface ByteMismatch {
    function: string;
    address: string;
    /** Bytes in hexadecimal; `??` stands for any. */
    expected: string;
    /** Null where nothing can be read. */
    found: string | null;
    /** Whose code it jumps to, where it begins with a jump that somebody wrote there. */
    leads_to: string | null;
}

/** The single RPC export of each agent. */
export interface AgentExports {
    request: (name: string, payload: unknown) => Promise<Reply<unknown>> | Reply<unknown>;
}
