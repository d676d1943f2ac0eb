import path from "node:path";
import { performance } from "node:perf_hooks";
import type { SeenException } from "../../../shared/protocol/pool.js";
import { type LaunchedProgram, launchProgram } from "../../client/launch.js";
import { attach } from "../../client/open.js";
import type { PoolClient } from "../../client/pool-client.js";
import type { PoolOptions } from "../../config/pool-options.js";
import { pollUntil } from "../../process/poll.js";
import { findWineProcess } from "../../process/windows-pid.js";
import type { ExitRecord } from "../results/record.js";
import { startChild } from "./child-program.js";
import { isClean, unknownExit, windowsExit, withException } from "./exit.js";

/** A program under test, with its pool. */
export interface StartedProgram {
    /** File name. */
    readonly name: string;
    /** Pid in its own system: under Wine that of Windows. */
    readonly pid: number;
    readonly pool: PoolClient;
    /** Resolves once, when the program has ended, to how it ended. */
    readonly ended: Promise<ExitRecord>;
    /** False as soon as the program is known to have ended. */
    readonly isAlive: boolean;
    /** Closes the session, and ends the program if we started it. Idempotent. */
    leave(): Promise<void>;
}

/**
 * Starts a program with its pool. A Windows program has the pool before it runs. A Linux program is started as our own
 * child, because only the parent learns how it ended; it gets the pool as soon as it has loaded its C library.
 *
 * @throws UserError NO_SUCH_PROGRAM, NO_ENGINE, TARGET_GONE, ...
 */
export function startProgram(program: string, args: string[], options: PoolOptions): Promise<StartedProgram> {
    const isWindows = process.platform === "win32" || options.engine === "wine" || /\.exe$/i.test(program);
    return isWindows ? startLaunched(program, args, options) : startNative(program, args, options);
}

/**
 * Installs the pool in a running program. `leave` does not end that program, and how it ends is not known.
 *
 * @throws UserError NO_SUCH_PROCESS, AMBIGUOUS_PROCESS, ...
 */
export async function attachToProgram(target: string | number, options: PoolOptions): Promise<StartedProgram> {
    const pool = await attach(target, { ...options, printInGame: false });
    return toStarted(pool, { exit: () => Promise.resolve(unknownExit), kill: null, hasEnded: () => false });
}

async function startLaunched(file: string, args: string[], options: PoolOptions): Promise<StartedProgram> {
    const launched = await launchProgram(file, args, { ...options, programOutputToStderr: true, printInGame: false });
    let code: number | null = null;
    const exit = launched.exitCode().then((exitCode) => {
        code = exitCode;
        return exitCode === null ? unknownExit : windowsExit(exitCode);
    });
    return toStarted(launched.client, {
        exit: () => exit,
        kill: () => endLaunched(launched, options),
        hasEnded: () => code !== null,
    });
}

/** How long the engine may take to end a program, in milliseconds. A program that does not respond blocks it. */
const killMs = 5_000;

async function endLaunched(launched: LaunchedProgram, { winePrefix }: PoolOptions): Promise<void> {
    const isKilled = launched.kill().then(() => true);
    if (process.platform !== "linux") return void (await isKilled);
    if (await within(killMs, isKilled, false)) return;
    const found = findWineProcess(launched.pid, winePrefix ?? process.env["WINEPREFIX"] ?? null);
    if (found !== null) process.kill(found.pid, "SIGKILL");
}

async function startNative(file: string, args: string[], options: PoolOptions): Promise<StartedProgram> {
    const child = await startChild(file, args);
    try {
        const pool = await attach(child.pid, { ...options, printInGame: false });
        return toStarted(pool, { exit: () => child.exit, kill: child.kill, hasEnded: child.hasEnded });
    } catch (error) {
        const exit = await within<ExitRecord | null>(exitMs, child.exit, null);
        if (exit !== null) throw new DiedAtStart(exit);
        await child.kill();
        throw error;
    }
}

/** The program had ended before its pool was installed. */
export class DiedAtStart extends Error {
    override readonly name = "DiedAtStart";

    constructor(readonly exit: ExitRecord) {
        super("the program ended before it had its pool");
    }
}

/** How the program itself is controlled, besides its session. */
interface ProcessControl {
    exit: () => Promise<ExitRecord>;
    /** Null for a program that we did not start. */
    kill: (() => Promise<void>) | null;
    hasEnded: () => boolean;
}

/** How long the exit status may take to arrive once the session has ended, in milliseconds. */
const exitMs = 3_000;
/** How long a program may take to end once it is killed, in milliseconds. */
const endMs = 10_000;

function toStarted(pool: PoolClient, { exit, kill, hasEnded }: ProcessControl): StartedProgram {
    let isGone = false;
    const lastException = watchLastException(pool);
    const known = () => exit().then((status) => (status === unknownExit ? new Promise<never>(() => {}) : status));
    const ended = Promise.race([
        pool.ended.then(() => within(exitMs, exit(), unknownExit)),
        ...(kill === null ? [] : [known()]),
    ]).then(async (status) => withException(status, isClean(status) ? null : await lastException()));
    void ended.then(() => {
        isGone = true;
    });
    let leaving: Promise<void> | null = null;
    const leave = async (): Promise<void> => {
        if (kill !== null && !isGone) {
            await within(endMs, kill(), undefined);
            await within(endMs, ended, unknownExit);
        }
        await pool.close();
    };
    return {
        name: pool.facts.program.split(/[\\/]/).at(-1) ?? path.basename(pool.facts.program),
        pid: pool.facts.pid,
        pool,
        ended,
        get isAlive() {
            return !isGone && !hasEnded();
        },
        leave: () => (leaving ??= leave()),
    };
}

/** An exception is taken for the cause of death if it was seen at most so long before the end, in milliseconds. */
const dyingMs = 5_000;

/** The report of an exception may arrive later than that of the end, by so many milliseconds. */
const lateMs = 1_000;

/** @returns a function to call after the program's end, which returns the exception it may have died of */
function watchLastException(pool: PoolClient): () => Promise<SeenException | null> {
    let last: { seen: SeenException; at: number } | null = null;
    pool.watchExceptions((seen) => {
        last = { seen, at: performance.now() };
    }).catch(() => {}); // the program has ended, which pool.ended reports
    const recent = () => (last !== null && performance.now() - last.at < dyingMs ? last.seen : null);
    return () => pollUntil(recent, { everyMs: lateMs / 20, limitMs: lateMs });
}

/** @returns what the work resolves to, or `otherwise` if it takes too long or fails */
async function within<T>(limitMs: number, work: Promise<T>, otherwise: T): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<T>((resolve) => {
        timer = setTimeout(() => resolve(otherwise), limitMs);
    });
    try {
        return await Promise.race([work.catch(() => otherwise), late]);
    } finally {
        clearTimeout(timer);
    }
}
