import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import type { PoolStatistics } from "../../shared/pool-statistics.js";
import type { LaunchOptions } from "../client/launch.js";
import { launch } from "../client/launch.js";
import type { PoolClient } from "../client/pool-client.js";
import type { PoolOptions } from "../config/pool-options.js";
import { UserError } from "../errors.js";
import { rm } from "../files/change-files.js";
import { setupEngine } from "../frida/setup/setup.js";
import { type CommandResult, runConsoleCommand } from "../repl/run-command.js";
import { type DemoProgram, prepareProgram } from "./demo-program.js";
import type { DemoReport } from "./demo-report.js";
import { awaitMeasurement, type Measurement } from "./measurement.js";

/** Functions that tests replace. */
export interface DemoServices {
    /** Starts a program with its pool. */
    launch: typeof launch;
    /** Prepares an engine if there is none. */
    setupEngine: typeof setupEngine;
}

/**
 * Runs a program of our own without the pool, launches it with the pool, runs console commands, and compares. Removes all its
 * files.
 *
 * @throws UserError UNSUPPORTED_PLATFORM, NO_KNOWN_RUNTIME if there is nothing to compare; those of `launch`
 */
export async function runDemo(
    options: PoolOptions = {},
    services: DemoServices = { launch, setupEngine },
): Promise<DemoReport> {
    const report = options.onProgress ?? (() => {});
    const folder = await mkdtemp(path.join(tmpdir(), "poolnv-demo-"));
    try {
        const target = await prepareProgram(folder, report);
        report(`Running the demo's program without the pool (${target.description}) ...`);
        const before = await runPlain(target, folder);
        report("Running it with the pool ...");
        const withPool = await runWithPool(
            target,
            folder,
            { logFile: path.join(folder, "pool.log"), ...options },
            services,
        );
        return { target: target.description, before, ...withPool };
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

const demoCommands = ["IsMemoryPoolActive", "GetMemoryPoolUsage", "GetMemoryPoolStats"];

/** Longest wait for the program to end once it may, in milliseconds. */
const leaveMs = 10_000;

async function runPlain(target: DemoProgram, folder: string): Promise<Measurement> {
    const files = signalFiles(folder, "before");
    const program = execa(target.program, [...target.leadingArgs, files.result, files.stop], {
        reject: false,
        stdio: "ignore",
        env: target.env,
    });
    try {
        const ended = program.then(({ exitCode, signal }) => `exit code ${exitCode ?? signal}.`);
        return await awaitMeasurement(files.result, ended);
    } finally {
        await writeFile(files.stop, "");
        await program;
    }
}

async function runWithPool(
    target: DemoProgram,
    folder: string,
    options: LaunchOptions,
    services: DemoServices,
): Promise<Omit<DemoReport, "target" | "before">> {
    const files = signalFiles(folder, "after");
    const args = [...target.leadingArgs, files.result, files.stop];
    const pool = await launchWithEngine(
        target.program,
        args,
        { ...options, programOutputToStderr: true, printInGame: false, env: target.env },
        services,
    );
    try {
        const ended = pool.ended.then(({ reason }) => reason ?? "the session was closed");
        const after = await awaitMeasurement(files.result, ended);
        const results: CommandResult[] = [];
        for (const command of demoCommands) results.push(await runConsoleCommand(pool, command));
        const statistics = statisticsOf(results);
        requireWork(after, statistics);
        return { facts: pool.facts, engine: pool.engine, after, results, statistics };
    } finally {
        await writeFile(files.stop, "");
        await endProgram(pool);
    }
}

/** Launches the program; prepares an engine only if there is none. */
async function launchWithEngine(
    program: string,
    args: string[],
    options: LaunchOptions,
    { launch, setupEngine }: DemoServices,
): Promise<PoolClient> {
    try {
        return await launch(program, args, options);
    } catch (error) {
        if (!(error instanceof UserError) || error.code !== "NO_ENGINE") throw error;
        await setupEngine(options.engine ?? "auto", options.onProgress ?? (() => {}));
        return launch(program, args, options);
    }
}

/** Waits for the program's end, and kills it if it stays. Not under Wine, whose pids are not those of this system. */
async function endProgram(pool: PoolClient): Promise<void> {
    const gone = pool.ended.then(() => true);
    const isGone = await Promise.race([gone, pause(leaveMs, false, { ref: false })]);
    await pool.close();
    if (!isGone && pool.engine?.kind !== "wine") process.kill(pool.facts.pid);
}

/** A program whose memory comes from elsewhere shows nothing. */
function requireWork({ allocations }: Measurement, { pool_allocs, fallback_allocs }: PoolStatistics): void {
    const passed = pool_allocs + fallback_allocs;
    if (passed >= allocations) return;
    throw new UserError(
        "NO_KNOWN_RUNTIME",
        `only ${passed} of the ${allocations} allocations of the demo's program reached the pool: there is nothing to compare`,
        "Its memory does not come from the C library. Install a C compiler: the demo then compiles a program of its own.",
    );
}

function statisticsOf(results: CommandResult[]): PoolStatistics {
    for (const { details } of results) if (details !== undefined && "statistics" in details) return details.statistics;
    throw new Error("No command of the demo has returned statistics.");
}

/** The program writes its measurement to `result`, and ends when `stop` exists. */
function signalFiles(folder: string, run: string): { result: string; stop: string } {
    return { result: path.join(folder, `${run}.json`), stop: path.join(folder, `${run}.stop`) };
}
