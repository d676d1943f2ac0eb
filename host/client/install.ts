import { setTimeout as pause } from "node:timers/promises";
import type { PrepareRequest } from "../../shared/protocol.js";
import { type EngineSession, type EngineKind, AgentRefusal } from "../frida/engine.js";
import { windowsPath } from "../process/wine.js";
import { UserError } from "../errors.js";
import { followOwnLink } from "../files/named-file.js";
import { residentScript } from "./agent-scripts.js";
import { ask } from "./ask.js";
import type { InstallReport, PoolFacts, PoolOptions } from "./pool-session.js";
import { poolDefaults } from "../config/pool-options.js";
import { checkReply } from "./replies.js";
import { tuningInBytes } from "./options/tuning.js";

export interface Installed {
    facts: PoolFacts;
    install: InstallReport;
}

const megabyte = 1048576;

/** The moment of a program at which its pool comes. */
export interface Moment {
    /** Whether nothing of it has run yet. */
    isSuspended: boolean;
    /** How long it may take to unpack its code, where it is protected, in milliseconds. */
    unpackingMs: number;
}

/**
 * Finds the living pool, or puts one there. A pool that was prepared gets its hooks now, if it has none.
 *
 * @throws UserError USAGE where a program that runs is to have extra patches
 */
export async function findOrInstall(
    session: EngineSession,
    options: PoolOptions,
    kind: EngineKind,
    moment: Moment = { isSuspended: false, unpackingMs: 0 },
): Promise<Installed> {
    const living = await find(session);
    if (living !== null) return finish(session, living);
    if (options.extraPatches === true && !moment.isSuspended) throw patchesTooLate();
    try {
        return await install(session, options, kind, moment.unpackingMs);
    } catch (error) {
        const rival = error instanceof AgentRefusal && error.code === "ALREADY_INSTALLED";
        const theirs = rival ? await find(session) : null;
        if (theirs === null) throw error;
        return finish(session, theirs); // another host was quicker
    }
}

function patchesTooLate(): UserError {
    return new UserError(
        "USAGE",
        "extra_patches is on, but this program runs already: a game's own heaps can be turned off only before they begin.",
        "Start the game by poolnv launch, or leave them on: --extra-patches off",
    );
}

/** How long another host may take with an installation that has begun, and how often we look, in milliseconds. */
const rivalMs = 15_000;
const pollMs = 100;

/** Finds the pool, also one that another host is installing at this moment: when that is done. */
async function find(session: EngineSession): Promise<PoolFacts | null> {
    const end = Date.now() + rivalMs;
    for (;;) {
        try {
            return await ask(session, "find", null);
        } catch (error) {
            const isHalfMade = error instanceof AgentRefusal && error.code === "THREADS_WOULD_NOT_STOP";
            if (!isHalfMade || Date.now() > end) throw error;
            await pause(pollMs);
        }
    }
}

async function finish(session: EngineSession, living: PoolFacts): Promise<Installed> {
    if (!living.hooked) await ask(session, "writeHooks", null);
    return foundPool({ ...living, hooked: true });
}

/**
 * Finds the living pool and installs nothing.
 *
 * @throws UserError NO_POOL
 */
export async function findOnly(session: EngineSession): Promise<Installed> {
    const living = await find(session);
    if (living?.hooked === true) return foundPool(living);
    throw noPool();
}

export function noPool(): UserError {
    return new UserError(
        "NO_POOL",
        "this program has no pool",
        "Put one under it first: poolnv attach <process> --detach",
    );
}

async function install(
    session: EngineSession,
    options: PoolOptions,
    kind: EngineKind,
    unpackingMs: number,
): Promise<Installed> {
    options.onProgress?.("installing the pool");
    const [prepared, written] = await session.plant(
        residentScript(),
        { method: "prepare", payload: prepareRequest(options, kind, unpackingMs) },
        { method: "writeHooks", payload: null },
    );
    const { stepDown, runtimes, patches } = checkReply("prepare", prepared);
    const { stalledNs } = checkReply("writeHooks", written);
    const { settingsFile } = options;
    if (settingsFile !== undefined) await ask(session, "log", [`settings from ${settingsFile}`]);
    const facts = await ask(session, "find", null);
    if (facts === null) throw new Error("the pool was installed but can't be found");
    return { facts, install: { alreadyInstalled: false, stepDown, stalledMs: stalledNs / 1e6, runtimes, patches } };
}

function prepareRequest(options: PoolOptions, kind: EngineKind, unpackingMs: number): PrepareRequest {
    const { poolSizeMb = poolDefaults.poolSizeMb, strategy = poolDefaults.strategy } = options;
    const { reserve = poolDefaults.reserve } = options;
    const { layers = poolDefaults.layers, gameConsole = poolDefaults.gameConsole, logFile } = options;
    const { extraPatches = poolDefaults.extraPatches } = options;
    const log = logFile === undefined ? null : followOwnLink(logFile);
    return {
        poolBytes: poolSizeMb * megabyte,
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

/** What there is to say of a pool that was there already. */
export function foundPool(facts: PoolFacts): Installed {
    return { facts, install: { alreadyInstalled: true, stepDown: null, stalledMs: null, runtimes: [], patches: 0 } };
}
