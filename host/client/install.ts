import { bytesPerMb } from "../../shared/bytes.js";
import type { PrepareRequest } from "../../shared/protocol/install.js";
import type { PoolFacts } from "../../shared/protocol/pool.js";
import { poolDefaults, type PoolOptions } from "../config/pool-options.js";
import { UserError } from "../errors.js";
import { followOwnLink } from "../files/named-file.js";
import { AgentRefusal, type EngineKind, type EngineSession } from "../frida/engine.js";
import { pollUntil } from "../process/poll.js";
import { windowsPath } from "../process/wine.js";
import { askScript } from "./ask.js";
import { checkScriptReply } from "./replies.js";
import { tuningInBytes } from "./tuning.js";

/** A pool that was found or installed. */
export interface Installed {
    /** The pool and its program. */
    facts: PoolFacts;
    /** How the pool was installed. */
    install: InstallReport;
    /** The engine that was needed to install or reach it, with its version of Frida; null if none was. */
    engine: UsedEngine | null;
}

/** An engine, as reports name it. */
export interface UsedEngine {
    /** `binding`, `python` or `wine`. */
    readonly kind: EngineKind;
    /** Version of Frida. */
    readonly version: string;
}

/** How the pool was installed. */
export interface InstallReport {
    /** True if the program had a pool before and nothing was installed. */
    alreadyInstalled: boolean;
    /** Why the pool is smaller than requested, as a sentence; or null. */
    stepDown: string | null;
    /** Longest time the program's threads were suspended while the hooks were written, in milliseconds, or null. */
    stalledMs: number | null;
    /** C runtimes and the functions replaced in them; empty if already installed. */
    runtimes: { module: string; functions: string[] }[];
    /** Patches of a game's code that turn its own heaps off; 0 if already installed. */
    patches: number;
}

/** State of a program at the time of the installation. */
export interface Moment {
    /** Whether none of its code has run yet. */
    isSuspended: boolean;
    /** How long to wait for a protected program to unpack its code, in milliseconds. */
    unpackingMs: number;
}

/**
 * Finds the living pool, or installs one.
 *
 * @throws UserError USAGE if extra patches are wanted and the program runs already
 */
export async function findOrInstall(
    session: EngineSession,
    options: PoolOptions,
    engine: UsedEngine,
    moment: Moment = { isSuspended: false, unpackingMs: 0 },
): Promise<Installed> {
    const living = await find(session);
    if (living !== null) return revived(session, living, engine);
    if (options.extraPatches === true && !moment.isSuspended) throw patchesTooLate();
    try {
        return await install(session, options, engine, moment.unpackingMs);
    } catch (error) {
        const isRival = error instanceof AgentRefusal && error.code === "ALREADY_INSTALLED";
        const theirs = isRival ? await find(session) : null; // another host was faster
        if (theirs === null) throw error;
        return revived(session, theirs, engine);
    }
}

/**
 * Finds the living pool and installs nothing.
 *
 * @throws UserError NO_POOL
 */
export async function findOnly(session: EngineSession, _options: PoolOptions, engine: UsedEngine): Promise<Installed> {
    const living = await find(session);
    if (living === null) throw noPool();
    return revived(session, living, engine);
}

/** A forked child has the pool of its parent, but no resident until it is started. */
async function revived(session: EngineSession, living: PoolFacts, engine: UsedEngine): Promise<Installed> {
    await askScript(session, "revive", null);
    return { ...foundPool(living), engine };
}

export function noPool(): UserError {
    return new UserError("NO_POOL", "this program has no pool", "Install one first: poolnv attach <process> --detach");
}

/** The report of a pool that the program had before. */
export function foundPool(facts: PoolFacts): Installed {
    const install = { alreadyInstalled: true, stepDown: null, stalledMs: null, runtimes: [], patches: 0 };
    return { facts, install, engine: null };
}

/** The same with the pid that commands take: a Linux program may have another one in a pid namespace of its own. */
export function asSeenFromHere(installed: Installed, pid: number): Installed {
    const { facts } = installed;
    return { ...installed, facts: facts.platform === "linux" ? { ...facts, pid } : facts };
}

/** How long another host may take to finish an installation that it has begun, and how often to poll, in milliseconds. */
const rivalMs = 15_000;
const pollMs = 100;

/** Finds the pool; if another host is installing one, waits until that is finished. */
async function find(session: EngineSession): Promise<PoolFacts | null> {
    const found = await pollUntil(
        async () => {
            try {
                return { facts: await askScript(session, "find", null) };
            } catch (error) {
                const isUnfinished = error instanceof AgentRefusal && error.code === "THREADS_WOULD_NOT_STOP";
                if (!isUnfinished) throw error;
                return null;
            }
        },
        { everyMs: pollMs, limitMs: rivalMs },
    );
    return found === null ? askScript(session, "find", null) : found.facts; // at last with the refusal as its error
}

async function install(
    session: EngineSession,
    options: PoolOptions,
    engine: UsedEngine,
    unpackingMs: number,
): Promise<Installed> {
    options.onProgress?.("installing the pool");
    const [prepared, written] = await session.requestAll([
        { method: "prepare", payload: prepareRequest(options, engine.kind, unpackingMs) },
        { method: "writeHooks", payload: null },
    ]);
    const { stepDown, runtimes, patches } = checkScriptReply("prepare", prepared);
    const { stalledNs } = checkScriptReply("writeHooks", written);
    const facts = await askScript(session, "find", null);
    if (facts === null) throw new Error("the pool was installed but can't be found");
    const install = { alreadyInstalled: false, stepDown, stalledMs: stalledNs / 1e6, runtimes, patches };
    return { facts, install, engine: { kind: engine.kind, version: engine.version } };
}

function prepareRequest(options: PoolOptions, kind: EngineKind, unpackingMs: number): PrepareRequest {
    const { poolSizeMb = poolDefaults.poolSizeMb, strategy = poolDefaults.strategy } = options;
    const { reserve = poolDefaults.reserve } = options;
    const { layers = poolDefaults.layers, gameConsole = poolDefaults.gameConsole, logFile } = options;
    const { extraPatches = poolDefaults.extraPatches } = options;
    const log = logFile === undefined ? null : followOwnLink(logFile);
    return {
        poolBytes: poolSizeMb * bytesPerMb,
        strategy,
        reserve,
        tuning: tuningInBytes(options),
        layers,
        gameConsole,
        extraPatches,
        unpackingMs,
        logFile: log !== null && kind === "wine" ? windowsPath(log) : log,
    };
}

function patchesTooLate(): UserError {
    return new UserError(
        "USAGE",
        "extra_patches is on, but this program runs already: a game's own heaps can be turned off only before it sets them up",
        "Start the game by poolnv launch, or turn them off: --extra-patches off",
    );
}

/** How long a protected program may take to unpack its code, in milliseconds: from its start, and when attached to. */
export const unpackingMs = { started: 30_000, attached: 10_000 };

/** Whether a program was refused because its code is not unpacked. */
export function isPacked(error: unknown): boolean {
    return error instanceof AgentRefusal && error.code === "GAME_PROTECTED";
}
