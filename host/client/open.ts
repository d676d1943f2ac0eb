import { setTimeout as pause } from "node:timers/promises";
import { openEngine } from "../frida/open-engine.js";
import { type Engine, type EngineSession, AgentRefusal, type EngineKind } from "../frida/engine.js";
import { UserError } from "../errors.js";
import { windowsPath, type WinePlace, refuseOtherUsersWine } from "../process/wine.js";
import { isNamed, noSuchProcess, pickOne, locatePatiently, type Location } from "../frida/locate.js";
import { refuseWithoutLibrary } from "../process/c-library.js";
import { findProgram } from "../process/find-program.js";
import { waitWhileStopped } from "../process/wait-while-stopped.js";
import { askLivingPool } from "./ask-living-pool.js";
import { windowsPid } from "../process/windows-pid.js";
import { sessionScript } from "./agent-scripts.js";
import { findOrInstall, findOnly, type Installed } from "./install.js";
import { LivingPoolSession } from "./living-pool-session.js";
import type { LaunchOptions, PoolOptions, PoolSession } from "./pool-session.js";
import { translateErrors } from "./translate-errors.js";
import { checkOptions } from "./options/tuning.js";

/**
 * Puts the pool under a running program, or opens a console on the pool it already has.
 *
 * @param target file name (case-insensitive, `.exe` optional) or pid
 * @throws UserError NO_SUCH_PROCESS, AMBIGUOUS_PROCESS, NO_ENGINE, ... (`host/errors.ts`)
 */
export function attach(target: string | number, options: PoolOptions = {}): Promise<PoolSession> {
    return open(target, options, installWhereItRuns);
}

/**
 * Opens a console on the pool a program already has, and installs nothing.
 *
 * @throws UserError NO_POOL when it has none
 */
export function connect(target: string | number, options: PoolOptions = {}): Promise<PoolSession> {
    return open(target, options, findOnly);
}

/**
 * Starts a program suspended, puts the pool under it and lets it run. Its standard input is empty, because ours belongs
 * to the console; its output goes where ours goes. If anything fails before it runs, it is ended.
 *
 * @param program file name of a program; one without a folder is looked for on the PATH
 * @throws UserError NO_SUCH_PROGRAM, NO_ENGINE, ...
 */
export async function launch(program: string, args: string[], options: LaunchOptions = {}): Promise<PoolSession> {
    return (await launchProgram(program, args, options)).session;
}

/** A program that was launched, for whoever wants to see it to its end. */
export interface LaunchedProgram {
    readonly session: PoolSession;
    /** As its own system counts: under Wine, Wine's. */
    readonly pid: number;
    /** Its exit code once it has ended, 0 to 2^32 - 1 on Windows; null where that can't be known. */
    exitCode(): Promise<number | null>;
    /** Ends it. */
    kill(): Promise<void>;
}

/** The same as `launch`, for whoever wants to see it to its end. */
export async function launchProgram(
    program: string,
    args: string[],
    options: LaunchOptions = {},
): Promise<LaunchedProgram> {
    checkOptions(options);
    const path = findProgram(program, options.cwd);
    const underWine = process.platform !== "win32" && (options.engine === "wine" || /\.exe$/i.test(path));
    const engine = await openEngine({
        choice: options.engine ?? "auto",
        wine: underWine ? { loader: null, prefix: options.winePrefix ?? null } : null,
        programOutput: options.programOutputToStderr === true ? "stderr" : "stdout",
        answerLimitMs: options.answerLimitMs,
        onProgress: options.onProgress ?? (() => {}),
    });
    return closingOnFailure(engine, async () => {
        const theirPath = underWine ? windowsPath(path) : path;
        const pid = await engine.spawn(theirPath, {
            argv: [theirPath, ...args],
            cwd: options.cwd,
            env: underWine ? undefined : ourEnvironment(),
        });
        try {
            if (process.platform === "linux" && engine.kind !== "wine") refuseWithoutLibrary(pid);
            const session = await engine.attach(pid, sessionScript());
            const installed = await installAndResume(engine, session, pid, options);
            return {
                session: new LivingPoolSession(engine, session, installed),
                pid,
                exitCode: () => engine.exitCode(pid),
                kill: () => engine.kill(pid),
            };
        } catch (error) {
            await engine.kill(pid).catch(() => {});
            throw error;
        }
    });
}

/** How long a program may take until its own code is unpacked, in milliseconds: from its start, and when attached to. */
const unpackingMs = { started: 30_000, attached: 10_000 };

/** Lets the program run once it has its pool; a protected one before, because it unpacks its code as it starts. */
async function installAndResume(
    engine: Engine,
    session: EngineSession,
    pid: number,
    options: LaunchOptions,
): Promise<Installed> {
    try {
        const installed = await findOrInstall(session, options, engine.kind, { isSuspended: true, unpackingMs: 0 });
        await engine.resume(pid);
        return installed;
    } catch (error) {
        if (!isPacked(error)) throw error;
        if (options.extraPatches === true) throw patchesUnderProtection();
        options.onProgress?.("the program is protected: it starts, and gets its pool once its code is unpacked");
        await engine.resume(pid);
        const moment = { isSuspended: false, unpackingMs: unpackingMs.started };
        return findOrInstall(session, options, engine.kind, moment);
    }
}

/** A protected program that was started a moment ago is given the time to unpack its code. */
async function installWhereItRuns(session: EngineSession, options: PoolOptions, kind: EngineKind): Promise<Installed> {
    try {
        return await findOrInstall(session, options, kind, { isSuspended: false, unpackingMs: 0 });
    } catch (error) {
        if (!isPacked(error)) throw error;
        options.onProgress?.("the program is protected: it gets its pool once its code is unpacked");
        return findOrInstall(session, options, kind, { isSuspended: false, unpackingMs: unpackingMs.attached });
    }
}

function isPacked(error: unknown): boolean {
    return error instanceof AgentRefusal && error.code === "GAME_PROTECTED";
}

function patchesUnderProtection(): UserError {
    return new UserError(
        "GAME_PROTECTED",
        "extra_patches is on, but the program is protected: its code can be read only when its own heaps have begun",
        "Leave them on: --extra-patches off",
    );
}

/** The worker has another one, with a place of its own for temporary files. */
function ourEnvironment(): Record<string, string> {
    return Object.fromEntries(
        Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
}

type Opening = typeof installWhereItRuns;

async function open(target: string | number, options: PoolOptions, opening: Opening): Promise<PoolSession> {
    const location = await locatePatiently(target, options.engine ?? "auto");
    if (location.kind === "native") refuseWithoutLibrary(location.pid);
    if (location.kind === "wine") refuseOtherUsersWine(location);
    if (location.kind !== "ask-engine") await waitWhileStopped(location.pid, options.onProgress ?? (() => {}));
    const living = await askAt(location, options, opening);
    if (living !== null) return living;
    const engine = await openEngine({
        choice: options.engine ?? "auto",
        wine: winePlace(location, options),
        programOutput: "none",
        answerLimitMs: options.answerLimitMs,
        onProgress: options.onProgress ?? (() => {}),
    });
    return closingOnFailure(engine, async () => {
        const pid = await pidFor(engine, location);
        options.onProgress?.(`attaching to pid ${pid}`);
        const session = await attachInTurn(engine, pid, () => askAt(location, options, opening));
        if (!("plant" in session)) {
            engine.close();
            return session;
        }
        const installed = await opening(session, options, engine.kind);
        return new LivingPoolSession(engine, session, installed);
    });
}

/** How often we look whether a pool has come while another worker has its turn, in milliseconds. */
const pollMs = 500;

/** Attaches as soon as no other worker is at work in the program, unless the pool that it installs answers before. */
async function attachInTurn(
    engine: Engine,
    pid: number,
    ask: () => Promise<PoolSession | null>,
): Promise<EngineSession | PoolSession> {
    const attaching = engine.attach(pid, sessionScript());
    attaching.catch(() => {}); // whoever awaits it hears of it
    for (;;) {
        const session = await Promise.race([attaching, pause(pollMs, null)]);
        const answering = session ?? (await ask().catch(() => null));
        if (answering !== null) return answering;
    }
}

async function askAt(location: Location, options: PoolOptions, opening: Opening): Promise<PoolSession | null> {
    if (location.kind === "ask-engine") return null;
    const mustHavePool = opening === findOnly;
    return askLivingPool(location.pid, { mustHavePool, answerLimitMs: options.answerLimitMs });
}

function winePlace(location: Location, { engine, winePrefix }: PoolOptions): WinePlace | null {
    if (location.kind === "wine") return { loader: location.wine.loader, prefix: winePrefix ?? location.wine.prefix };
    return engine === "wine" ? { loader: null, prefix: winePrefix ?? null } : null;
}

async function pidFor(engine: Engine, location: Location): Promise<number> {
    if (location.kind === "native") return location.pid;
    const wanted = location.kind === "wine" ? location.name : location.wanted;
    const running = await engine.enumerateProcesses();
    const named = running.filter(({ pid, name }) =>
        typeof wanted === "number" ? pid === wanted : isNamed(name, wanted),
    );
    // Where its memory is closed to us, the name must do.
    const own = location.kind === "wine" ? windowsPid(location.pid) : null;
    const matches = own === null ? named : named.filter(({ pid }) => pid === own);
    if (matches.length === 0) throw noSuchProcess(wanted);
    return pickOne(matches, wanted).pid;
}

async function closingOnFailure<T>(engine: Engine, work: () => Promise<T>): Promise<T> {
    try {
        return await translateErrors(work);
    } catch (error) {
        engine.close();
        throw error;
    }
}
