import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";

import { MemoryPool } from "../client/memory-pool.js";
import { type CommandResult, runConsoleCommand } from "../repl/run-command.js";
import { UserError } from "../errors.js";
import { launch } from "../client/open.js";
import type { LaunchOptions, PoolFacts, PoolOptions, PoolSession } from "../client/pool-session.js";
import type { PoolStatistics } from "../client/pool-statistics.js";
import { setupEngine } from "../frida/setup/setup.js";
import { awaitMeasurement, type Measurement } from "./measurement.js";
import { type DemoTarget, prepareTarget } from "./target.js";

/** What the demo found. */
export interface DemoReport {
    /** What the program is made of, for people. */
    target: string;
    /** The pool that it had. */
    facts: PoolFacts;
    /** Which engine carried Frida; null: none had to. */
    engine: { kind: string; version: string } | null;
    /** What the program measured without the pool. */
    before: Measurement;
    /** The same with the pool. */
    after: Measurement;
    /** The pool's, at the end. */
    statistics: PoolStatistics;
    /** Answers of the console. */
    results: CommandResult[];
}

/** What the demo needs of the project. */
export interface DemoServices {
    /** Starts a program with the pool under it. */
    launch: typeof launch;
    /** Prepares an engine where there is none. */
    setupEngine: typeof setupEngine;
}

/**
 * The main job on a program of our own: runs it without the pool, launches it under the pool, asks the console and
 * compares. Leaves nothing behind.
 */
export async function runDemo(
    options: PoolOptions = {},
    services: DemoServices = { launch, setupEngine },
): Promise<DemoReport> {
    const report = options.onProgress ?? (() => {});
    const folder = await mkdtemp(path.join(tmpdir(), "poolnv-demo-"));
    try {
        const target = await prepareTarget(folder, report);
        report(`Running the demo's program without the pool (${target.description}) ...`);
        const before = await runPlain(target, folder);
        report("Running it under the pool ...");
        const underPool = await runUnderPool(
            target,
            folder,
            { logFile: path.join(folder, "pool.log"), ...options },
            services,
        );
        return { target: target.description, before, ...underPool };
    } finally {
        await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    }
}

/** The report for a script. */
export function demoDocument({ target, facts, engine, before, after, statistics, results }: DemoReport): object {
    const commands = results.map(({ command, value }) => ({ command, value }));
    return { target, engine, pool_size: facts.poolBytes, before, after, commands, statistics };
}

const DEMO_COMMANDS = ["IsMemoryPoolActive", "GetMemoryPoolUsage", "GetMemoryPoolStats"];

/** Longest wait for the program to leave once it was told to. */
const LEAVE_MS = 10_000;

async function runPlain(target: DemoTarget, folder: string): Promise<Measurement> {
    const files = signalFiles(folder, "before");
    const program = execa(target.program, [...target.leadingArgs, files.result, files.stop], {
        reject: false,
        stdio: "ignore",
    });
    try {
        const ended = program.then(({ exitCode, signal }) => `exit code ${exitCode ?? signal}.`);
        return await awaitMeasurement(files.result, ended);
    } finally {
        await writeFile(files.stop, "");
        await program;
    }
}

async function runUnderPool(
    target: DemoTarget,
    folder: string,
    options: LaunchOptions,
    services: DemoServices,
): Promise<Omit<DemoReport, "target" | "before">> {
    const files = signalFiles(folder, "after");
    const args = [...target.leadingArgs, files.result, files.stop];
    const session = await launchPrepared(target.program, args, { ...options, programOutputToStderr: true }, services);
    try {
        const ended = session.ended.then(({ reason }) => reason ?? "the conversation was closed");
        const after = await awaitMeasurement(files.result, ended);
        const pool = new MemoryPool(session);
        const results: CommandResult[] = [];
        for (const command of DEMO_COMMANDS) {
            results.push(await runConsoleCommand(pool, command));
        }
        return { facts: session.facts, engine: session.engine, after, results, statistics: statisticsOf(results) };
    } finally {
        await writeFile(files.stop, "");
        await endProgram(session);
    }
}

/** Prepares an engine when there is none, and only then. */
async function launchPrepared(
    program: string,
    args: string[],
    options: LaunchOptions,
    { launch, setupEngine }: DemoServices,
): Promise<PoolSession> {
    try {
        return await launch(program, args, options);
    } catch (error) {
        if (!(error instanceof UserError) || error.code !== "NO_ENGINE") {
            throw error;
        }
        await setupEngine(options.engine ?? "auto", options.onProgress ?? (() => {}));
        return launch(program, args, options);
    }
}

/** The program was told to leave; one that stays is ended, for it is ours. Under Wine the pid is not this system's. */
async function endProgram(session: PoolSession): Promise<void> {
    const gone = session.ended.then(() => true);
    const isGone = await Promise.race([gone, pause(LEAVE_MS, false, { ref: false })]);
    await session.close();
    if (!isGone && session.engine?.kind !== "wine") {
        process.kill(session.facts.pid);
    }
}

function statisticsOf(results: CommandResult[]): PoolStatistics {
    for (const { details } of results) {
        if (details !== undefined && "statistics" in details) {
            return details.statistics;
        }
    }
    throw new Error("The demo asked for no statistics.");
}

/** Files by which the program and the demo talk: its counts, and our leave to go. */
function signalFiles(folder: string, run: string): { result: string; stop: string } {
    return { result: path.join(folder, `${run}.json`), stop: path.join(folder, `${run}.stop`) };
}
