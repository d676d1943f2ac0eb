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
import { connect } from "./client/open.js";
import { type Examination, examine as examineAll, type ExamineOptions, type ToExamine } from "./doctor/examine.js";
import type { EngineChoice } from "./frida/engine.js";
import { type PreparedEngine, setupEngine as prepareEngine } from "./frida/setup/setup.js";
import type { SupportPart } from "./support/bundle.js";
import { type CollectOptions, collectSupport as collectAll } from "./support/collect.js";

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
    return { ...others, engine, search, onProgress, connect };
}

export { launch } from "./client/launch.js";
export { attach, connect } from "./client/open.js";
export type { PoolClient } from "./client/pool-client.js";
export type { LaunchOptions } from "./client/launch.js";
export type { PoolStatistics } from "../shared/pool-statistics.js";
export type { TopCallers } from "./client/sampling/top-callers.js";
export type { PoolOptions, TuningOptions } from "./config/pool-options.js";
export { readPoolOptions } from "./config/to-pool-options.js";
export { deploy, type DeployOptions, undeploy } from "./deploy/deploy.js";
export type { Examination } from "./doctor/examine.js";
export { UserError, type UserErrorCode } from "./errors.js";
export { type CommandResult, runConsoleCommand } from "./repl/run-command.js";
export { runScript, type ScriptReport } from "./repl/script/run-script.js";
export { type SupportPart, writeSupport } from "./support/bundle.js";
