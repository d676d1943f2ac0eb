import { setTimeout as pause } from "node:timers/promises";
import type { PoolOptions } from "../config/pool-options.js";
import { ExitCode, UserError, userErrorExitCodes } from "../errors.js";
import { AgentRefusal, type Engine, type EngineSession } from "../frida/engine.js";
import { isNamed, locatePatiently, type Location, noSuchProcess, pickOne } from "../frida/locate.js";
import { openEngine } from "../frida/open-engine.js";
import { findProgram, workingFolder } from "../process/find-program.js";
import { pollUntil } from "../process/poll.js";
import { waitWhileStopped } from "../process/wait-while-stopped.js";
import { findWineProcess, windowsPid } from "../process/windows-pid.js";
import { refuseOtherUsersWine, windowsPath, type WinePlace } from "../process/wine.js";
import { attachEngine } from "./attach-engine.js";
import { refuseUnsuitable } from "./before-injection.js";
import { fridaPartsHere } from "./frida-has-left.js";
import { asSeenFromHere, findOnly, findOrInstall, foundPool, type Installed, type UsedEngine } from "./install.js";
import { leaveToResident, toHostPath } from "./leave-to-resident.js";
import type { ProgramHere } from "./mailbox/find-mailbox.js";
import { reachByFile, reachByMemory, type ReachedPool } from "./mailbox/reach-pool.js";
import { PoolClient } from "./pool-client.js";
import { translateErrors } from "./translate-errors.js";
import { checkOptions } from "./tuning.js";

/**
 * Installs the pool in a running program, as `poolnv attach` does. A program that has a pool already keeps it.
 *
 * @param target file name (case-insensitive, `.exe` optional) or pid
 * @throws UserError NO_SUCH_PROCESS, AMBIGUOUS_PROCESS, NO_ENGINE, NO_ROOM, ...; any code whose exit code is 2 to 5
 */
export function attach(target: string | number, options: PoolOptions = {}): Promise<PoolClient> {
    return open(target, options, installWhileRunning);
}

/**
 * Connects to the pool that a program has, and installs nothing.
 *
 * @param target file name (case-insensitive, `.exe` optional) or pid
 * @throws UserError NO_POOL, NO_SUCH_PROCESS, AMBIGUOUS_PROCESS, NOT_ANSWERING, FORGED_POOL
 */
export function connect(target: string | number, options: PoolOptions = {}): Promise<PoolClient> {
    return open(target, options, findOnly);
}

/** Options of `launch`. */
export interface LaunchOptions extends PoolOptions {
    /** Whether the program's standard output goes to our standard error, because ours holds one JSON document. */
    programOutputToStderr?: boolean;
    /** Working directory of the program; default: the folder of a Windows program, for others ours. */
    cwd?: string;
    /** Variables to add to the program's environment. Windows programs under Wine do not get them. */
    env?: Readonly<Record<string, string>>;
}

/**
 * Starts a program suspended, installs the pool and resumes it, as `poolnv launch` does. Its standard input is empty, because ours belongs to
 * the console; its output goes where ours goes. If anything fails before it runs, it is killed.
 *
 * @param program path of a program, or the name of one on the PATH
 * @throws UserError NO_SUCH_PROGRAM, NO_SUCH_FOLDER, NO_ENGINE, NO_ROOM, ...; any code whose exit code is 2 to 5
 */
export async function launch(program: string, args: string[] = [], options: LaunchOptions = {}): Promise<PoolClient> {
    return (await launchProgram(program, args, options)).client;
}

/** A program that was launched, with what it takes to see it to its end. */
export interface LaunchedProgram {
    readonly client: PoolClient;
    /** Process id on its own system: under Wine, that of Windows. */
    readonly pid: number;
    /** Its exit code once it has ended, 0 to 2^32 - 1 on Windows; null if that can't be known. */
    exitCode(): Promise<number | null>;
    kill(): Promise<void>;
}

/** As `launch`, for a caller that waits for the program's end. */
export async function launchProgram(
    program: string,
    args: string[],
    options: LaunchOptions = {},
): Promise<LaunchedProgram> {
    checkOptions(options);
    const path = findProgram(program);
    const underWine = process.platform !== "win32" && (options.engine === "wine" || /\.exe$/i.test(path));
    const cwd = workingFolder(path, options.cwd, underWine || process.platform === "win32");
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
            cwd: underWine ? windowsPath(cwd) : cwd,
            env: underWine ? undefined : { ...ourEnvironment(), ...options.env },
        });
        try {
            if (process.platform === "linux" && engine.kind !== "wine") refuseUnsuitable(pid, options);
            return {
                client: await installAndResume(engine, pid, options),
                pid,
                exitCode: () => engine.exitCode(pid),
                kill: () => killUnlessEnded(engine, pid),
            };
        } catch (error) {
            await engine.kill(pid).catch(() => {});
            throw error;
        }
    });
}

async function killUnlessEnded(engine: Engine, pid: number): Promise<void> {
    try {
        await translateErrors(() => engine.kill(pid));
    } catch (error) {
        if (!(error instanceof UserError) || userErrorExitCodes[error.code] !== ExitCode.NoSuchProcess) throw error;
    }
}

/** How long a protected program may take to unpack its code, in milliseconds: from its start, and when attached to. */
const unpackingMs = { started: 30_000, attached: 10_000 };

/**
 * Installs the pool, takes Frida out of the program and resumes it. A protected one is resumed before, because it unpacks
 * its code as it starts.
 */
async function installAndResume(engine: Engine, pid: number, options: LaunchOptions): Promise<PoolClient> {
    const session = await attachEngine(engine, pid);
    const leave = (installed: Installed): Promise<PoolClient> => {
        const here = hereIfStarted(engine, pid, options);
        const program = { engine, session, here, before: new Set<string>(), keepsEngine: true };
        return leaveToResident(program, asSeenFromHere(installed, pid), options);
    };
    try {
        const client = await leave(
            await findOrInstall(session, options, engine, { isSuspended: true, unpackingMs: 0 }),
        );
        try {
            await engine.resume(pid);
            return client;
        } catch (error) {
            await client.close();
            throw error;
        }
    } catch (error) {
        if (!isPacked(error)) throw error;
        if (options.extraPatches === true) throw patchesUnderProtection();
        options.onProgress?.(
            "the program is protected: it starts, and the pool is installed once its code is unpacked",
        );
        await engine.resume(pid);
        const moment = { isSuspended: false, unpackingMs: unpackingMs.started };
        return leave(await findOrInstall(session, options, engine, moment));
    }
}

/** The process of a program that an engine has started. */
function hereIfStarted(engine: Engine, pid: number, { winePrefix }: LaunchOptions): ProgramHere | null {
    if (process.platform !== "linux") return null;
    if (engine.kind !== "wine") return { pid, wine: null };
    return findWineProcess(pid, winePrefix ?? process.env["WINEPREFIX"] ?? null);
}

/** Waits for a protected program that was started a moment ago to unpack its code. */
async function installWhileRunning(
    session: EngineSession,
    options: PoolOptions,
    engine: UsedEngine,
): Promise<Installed> {
    try {
        return await findOrInstall(session, options, engine, { isSuspended: false, unpackingMs: 0 });
    } catch (error) {
        if (!isPacked(error)) throw error;
        options.onProgress?.("the program is protected: the pool is installed once its code is unpacked");
        return findOrInstall(session, options, engine, { isSuspended: false, unpackingMs: unpackingMs.attached });
    }
}

function isPacked(error: unknown): boolean {
    return error instanceof AgentRefusal && error.code === "GAME_PROTECTED";
}

function patchesUnderProtection(): UserError {
    return new UserError(
        "GAME_PROTECTED",
        "extra_patches is on, but the program is protected: its code can be read only after it has set up its own heaps",
        "Turn them off: --extra-patches off",
    );
}

/** Not that of the worker, which has its own folder for temporary files. */
function ourEnvironment(): Record<string, string> {
    return Object.fromEntries(
        Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
}

type Opening = typeof installWhileRunning;

async function open(target: string | number, options: PoolOptions, opening: Opening): Promise<PoolClient> {
    const location = await locatePatiently(target, options.engine ?? "auto");
    if (location.kind === "wine") refuseOtherUsersWine(location);
    if (location.kind !== "ask-engine") await waitWhileStopped(location.pid, options.onProgress ?? (() => {}));
    const byMailbox = (): Promise<PoolClient | null> =>
        translateErrors(() => connectByMailbox(location, opening, options));
    const client = await byMailbox();
    if (client !== null) return client;
    if (location.kind === "native") refuseUnsuitable(location.pid, options);
    const engine = await openEngine({
        choice: options.engine ?? "auto",
        wine: winePlace(location, options),
        programOutput: "none",
        answerLimitMs: options.answerLimitMs,
        onProgress: options.onProgress ?? (() => {}),
    });
    return closingOnFailure(engine, async () => {
        const pid = await pidFor(engine, location);
        const here = hereOf(location, pid, options);
        const before = here === null || here.wine !== null ? new Set<string>() : fridaPartsHere(here.pid);
        options.onProgress?.(`attaching to pid ${pid}`);
        const session = await attachUnlessConnected(engine, pid, byMailbox);
        if (session instanceof PoolClient) {
            engine.close();
            return session;
        }
        const installed = asSeenFromHere(await opening(session, options, engine), pid);
        return leaveToResident({ engine, session, here, before, keepsEngine: false }, installed, options);
    });
}

/** @returns null if an engine must decide */
async function connectByMailbox(
    location: Location,
    opening: Opening,
    options: PoolOptions,
): Promise<PoolClient | null> {
    const here = hereIfLocated(location);
    const seen = ({ transport, facts }: ReachedPool, pid: number): PoolClient => {
        const installed = { ...asSeenFromHere(foundPool(facts), pid), toHostPath: toHostPath(here) };
        return new PoolClient(transport, installed, options);
    };
    if (here !== null) {
        const reached = await reachByMemory(here, options.answerLimitMs).catch((error: unknown) => {
            const mayInstall = opening !== findOnly && error instanceof UserError && error.code === "NO_POOL";
            if (!mayInstall) throw error;
            return null;
        });
        return reached === null ? null : seen(reached, here.pid);
    }
    if (location.kind !== "ask-engine" || process.platform !== "win32") return null;
    const reached = await reachByFile(location.wanted, options.answerLimitMs);
    return reached === null ? null : seen(reached, reached.facts.pid);
}

function hereIfLocated(location: Location): ProgramHere | null {
    if (location.kind === "ask-engine") return null;
    return { pid: location.pid, wine: location.kind === "wine" ? location.wine : null };
}

/** @param pid as the engine knows it */
function hereOf(location: Location, pid: number, { winePrefix }: PoolOptions): ProgramHere | null {
    if (location.kind !== "ask-engine" || process.platform !== "linux") return hereIfLocated(location);
    return findWineProcess(pid, winePrefix ?? process.env["WINEPREFIX"] ?? null);
}

/** How often to try the mailbox while another worker is at work in the program, in milliseconds. */
const mailboxMs = 500;

/** Attaches once no other worker is at work in the program, unless a pool that it installs answers before. */
async function attachUnlessConnected(
    engine: Engine,
    pid: number,
    byMailbox: () => Promise<PoolClient | null>,
): Promise<EngineSession | PoolClient> {
    const attaching = attachEngine(engine, pid);
    attaching.catch(() => {}); // reported by the race
    const opened = await pollUntil(
        async () => {
            const session = await Promise.race([attaching, pause(mailboxMs, null)]);
            return session ?? (await byMailbox().catch(() => null));
        },
        { everyMs: 0 },
    );
    return opened!;
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
    // If its memory is not accessible, only the name identifies it.
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
