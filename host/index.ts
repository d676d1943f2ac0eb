/**
 * The programming interface: the pool of a program, and the installation of poolnv. Load tests are in `poolnv/loadtest`,
 * saved games in `poolnv/saves`, samples of a pool in `poolnv/monitor`.
 *
 * @example
 * ```ts
 * import { attach } from "poolnv";
 *
 * const pool = await attach("FalloutNV.exe", { poolSizeMb: 1024 });
 * console.log(await pool.getMemoryPoolStats());
 * await pool.close();
 * ```
 *
 * @packageDocumentation
 */
import { MemoryPool } from "./client/memory-pool.js";
import * as sessions from "./client/open.js";
import type { LaunchOptions } from "./client/pool-session.js";
import type { PoolOptions } from "./config/pool-options.js";
import { examine as examineAll, type Examination, type ExamineOptions, type ToExamine } from "./doctor/examine.js";
import type { EngineChoice } from "./frida/engine.js";
import { type PreparedEngine, setupEngine as prepareEngine } from "./frida/setup/setup.js";
import { type CollectOptions, collectSupport as collectAll } from "./support/collect.js";
import type { SupportPart } from "./support/bundle.js";

/**
 * Installs the pool in a running program, as `poolnv attach` does. A program that has a pool already keeps it.
 *
 * @param target file name (case-insensitive, `.exe` optional) or pid
 * @throws UserError NO_SUCH_PROCESS, AMBIGUOUS_PROCESS, NO_ENGINE, NO_ROOM, ...; any code whose exit code is 2 to 5
 */
export async function attach(target: string | number, options?: PoolOptions): Promise<MemoryPool> {
    return new MemoryPool(await sessions.attach(target, options), options);
}

/**
 * Connects to the pool that a program already has, and installs nothing.
 *
 * @param target file name (case-insensitive, `.exe` optional) or pid
 * @throws UserError NO_POOL, NO_SUCH_PROCESS, AMBIGUOUS_PROCESS, NOT_ANSWERING, FORGED_POOL
 */
export async function connect(target: string | number, options?: PoolOptions): Promise<MemoryPool> {
    return new MemoryPool(await sessions.connect(target, options), options);
}

/**
 * Starts a program suspended, installs the pool and resumes it, as `poolnv launch` does.
 *
 * @param program file name; one without a folder is searched on the PATH
 * @throws UserError NO_SUCH_PROGRAM, NO_ENGINE, NO_ROOM, ...; any code whose exit code is 2 to 5
 */
export async function launch(program: string, args: string[] = [], options?: LaunchOptions): Promise<MemoryPool> {
    return new MemoryPool(await sessions.launch(program, args, options), options);
}

/**
 * Checks the installation, as `poolnv doctor` does. Changes nothing.
 *
 * @throws UserError NO_GAME for a folder without the game, NO_SUCH_PROCESS, AMBIGUOUS_PROCESS
 */
export async function examine(options: ExamineOptions = {}): Promise<Examination> {
    return examineAll(withDefaults(options));
}

/**
 * Collects what a bug report needs, as `poolnv support` does: this system, the findings of {@link examine}, the settings,
 * the ends of the logs and the statistics of a running program's pool. The user's names are replaced. Writes nothing.
 *
 * @throws UserError NO_GAME for a folder without the game, NO_SUCH_PROCESS, AMBIGUOUS_PROCESS
 */
export async function collectSupport(options: CollectOptions = {}): Promise<SupportPart[]> {
    return collectAll({ ...options, ...withDefaults(options) });
}

/**
 * Prepares an engine, as `poolnv setup` does. Does nothing if it is ready.
 *
 * @param choice `auto`: the Python engine and, if Wine is found, the engine for programs under it
 * @param onProgress called with one line for each step
 * @throws UserError NO_ENGINE if something must be installed first, SETUP_FAILED
 */
export async function setupEngine(
    choice: EngineChoice = "auto",
    onProgress: (line: string) => void = () => {},
): Promise<PreparedEngine[]> {
    return prepareEngine(choice, onProgress);
}

function withDefaults({ engine = "auto", search = {}, onProgress = () => {}, ...others }: ExamineOptions): ToExamine {
    return { ...others, engine, search, onProgress, connect: sessions.connect };
}

export type { MemoryPool } from "./client/memory-pool.js";
export type { LaunchOptions } from "./client/pool-session.js";
export type { PoolStatistics } from "./client/pool-statistics.js";
export type { TopCallers } from "./client/sampling/top-callers.js";
export type { PoolOptions, TuningOptions } from "./config/pool-options.js";
export { readPoolOptions } from "./config/to-pool-options.js";
export { deploy, type DeployOptions, undeploy } from "./deploy/deploy.js";
export type { Examination } from "./doctor/examine.js";
export { UserError, type UserErrorCode } from "./errors.js";
export { type CommandResult, runConsoleCommand } from "./repl/run-command.js";
export { runScript, type ScriptReport } from "./repl/script/run-script.js";
export { type SupportPart, writeSupport } from "./support/bundle.js";
