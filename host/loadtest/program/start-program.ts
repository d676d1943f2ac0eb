import path from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";

import { MemoryPool } from "../../client/memory-pool.js";
import { findProgram } from "../../process/find-program.js";
import { windowsPath } from "../../process/wine.js";
import { attach, type LaunchedProgram, launchProgram } from "../../client/open.js";
import type { PoolOptions, PoolSession } from "../../client/pool-session.js";
import type { SeenException } from "../../../shared/protocol.js";
import type { ExitRecord } from "../results/record.js";
import { startChild } from "./child-program.js";
import { isClean, unknownExit, windowsExit, withException } from "./exit.js";
import { linuxPid } from "./linux-pid.js";
import type { StartedProgram } from "./started-program.js";

/** How long how it ended may take to be told, once it is known that it did, in milliseconds. */
const exitMs = 3_000;
/** How long its end may take once it is wanted, in milliseconds. */
const endMs = 10_000;

/**
 * Starts a program with its pool: a Windows program with the pool under it before it runs; any other as our own child,
 * which gets its pool as soon as it has its C library, because only its parent learns how a Linux program ended.
 *
 * @throws UserError NO_SUCH_PROGRAM, NO_ENGINE, TARGET_GONE, ...
 */
export function startProgram(program: string, args: string[], options: PoolOptions): Promise<StartedProgram> {
    const isWindows = process.platform === "win32" || options.engine === "wine" || /\.exe$/i.test(program);
    return isWindows ? startLaunched(program, args, options) : startNative(program, args, options);
}

/**
 * Puts the pool under a program that runs. It is never ended by us, and how it ends is not known.
 *
 * @throws UserError NO_SUCH_PROCESS, AMBIGUOUS_PROCESS, ...
 */
export async function attachToProgram(target: string | number, options: PoolOptions): Promise<StartedProgram> {
    const session = await attach(target, options);
    return program(session, { exit: () => Promise.resolve(unknownExit), kill: null, hasEnded: () => false });
}

async function startLaunched(file: string, args: string[], options: PoolOptions): Promise<StartedProgram> {
    const launched = await launchProgram(file, args, { ...options, programOutputToStderr: true });
    let code: number | null = null;
    const exit = launched.exitCode().then((told) => {
        code = told;
        return told === null ? unknownExit : windowsExit(told);
    });
    return program(launched.session, {
        exit: () => exit,
        kill: () => endLaunched(launched, file, options),
        hasEnded: () => code !== null,
    });
}

/** How long the engine may take to end a program, in milliseconds. It waits for one that answers nothing. */
const killMs = 5_000;

async function endLaunched(launched: LaunchedProgram, file: string, { winePrefix }: PoolOptions): Promise<void> {
    const isTold = launched.kill().then(() => true);
    if (process.platform !== "linux") return void (await isTold);
    if (await within(killMs, isTold, false)) return;
    const prefix = winePrefix ?? process.env["WINEPREFIX"] ?? null;
    const pid = linuxPid({ pid: launched.pid, path: windowsPath(findProgram(file)), prefix });
    if (pid !== null) process.kill(pid, "SIGKILL");
}

async function startNative(file: string, args: string[], options: PoolOptions): Promise<StartedProgram> {
    const child = await startChild(file, args);
    try {
        const session = await attach(child.pid, options);
        return program(session, { exit: () => child.exit, kill: child.kill, hasEnded: child.hasEnded });
    } catch (error) {
        const exit = await within<ExitRecord | null>(exitMs, child.exit, null);
        if (exit !== null) throw new DiedAtStart(exit);
        await child.kill();
        throw error;
    }
}

/** A program had ended before it had its pool. */
export class DiedAtStart extends Error {
    override readonly name = "DiedAtStart";

    constructor(readonly exit: ExitRecord) {
        super("the program ended before it had its pool");
    }
}

/** What there is to hold a program by. */
interface Hold {
    exit: () => Promise<ExitRecord>;
    /** Null for a program that is not ours. */
    kill: (() => Promise<void>) | null;
    hasEnded: () => boolean;
}

function program(session: PoolSession, { exit, kill, hasEnded }: Hold): StartedProgram {
    let isGone = false;
    const exceptions = lastException(session);
    const ended = Promise.race([
        session.ended.then(() => within(exitMs, exit(), unknownExit)),
        ...(kill === null ? [] : [exit().then((told) => (told === unknownExit ? new Promise<never>(() => {}) : told))]),
    ]).then(async (told) => withException(told, isClean(told) ? null : await exceptions.last()));
    void ended.then(() => {
        isGone = true;
    });
    let leaving: Promise<void> | null = null;
    const leave = async (): Promise<void> => {
        if (kill !== null && !isGone) {
            await within(endMs, kill(), undefined);
            await within(endMs, ended, unknownExit);
        }
        await session.close();
    };
    return {
        name: session.facts.program.split(/[\\/]/).at(-1) ?? path.basename(session.facts.program),
        pid: session.facts.pid,
        session,
        pool: new MemoryPool(session),
        ended,
        get isAlive() {
            return !isGone && !hasEnded();
        },
        leave: () => (leaving ??= leave()),
    };
}

/** How long before its end an exception may have been that a program died of, in milliseconds. */
const dyingMs = 5_000;

/** How long what it said of that may be under way, in milliseconds. */
const hearingMs = 1_000;

function lastException(session: PoolSession) {
    let last: { seen: SeenException; at: number } | null = null;
    session
        .watchExceptions((seen) => {
            last = { seen, at: performance.now() };
        })
        .catch(() => {}); // it has ended, which shows elsewhere
    const recent = () => (last !== null && performance.now() - last.at < dyingMs ? last.seen : null);
    return {
        /** What was told just before the end may be heard just after it. */
        last: async () => {
            for (const end = performance.now() + hearingMs; recent() === null && performance.now() < end;)
                await pause(hearingMs / 20);
            return recent();
        },
    };
}

/** What a work leads to, or something else when it takes too long or fails. */
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
