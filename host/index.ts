/**
 * The programming interface. Everything the command line can do, a script can.
 *
 * @example
 * import { attach } from "poolnv";
 *
 * const pool = await attach("FalloutNV.exe", { poolSizeMb: 1024 });
 * console.log(await pool.getMemoryPoolStats());
 * await pool.close();
 */
import { MemoryPool } from "./client/memory-pool.js";
import { examine as examineAll, type Examination, type ExamineOptions, type ToExamine } from "./doctor/examine.js";
import { type CollectOptions, collectSupport as collectAll } from "./support/collect.js";
import type { SupportPart } from "./support/support-part.js";
import * as sessions from "./client/open.js";
import type { LaunchOptions, PoolOptions } from "./client/pool-session.js";

/**
 * Puts the pool under a running program; a program that has its pool already keeps it.
 *
 * @param target file name (case-insensitive, `.exe` optional) or pid
 * @throws UserError
 */
export async function attach(target: string | number, options?: PoolOptions): Promise<MemoryPool> {
    return new MemoryPool(await sessions.attach(target, options), options);
}

/**
 * Opens a conversation with the pool a program already has, and installs nothing.
 *
 * @throws UserError NO_POOL when it has none
 */
export async function connect(target: string | number, options?: PoolOptions): Promise<MemoryPool> {
    return new MemoryPool(await sessions.connect(target, options), options);
}

/**
 * Starts a program suspended, puts the pool under it and lets it run.
 *
 * @throws UserError
 */
export async function launch(program: string, args: string[] = [], options?: LaunchOptions): Promise<MemoryPool> {
    return new MemoryPool(await sessions.launch(program, args, options), options);
}

/**
 * Looks at everything on which the main job depends, as `poolnv doctor` does. Changes nothing.
 *
 * @throws UserError NO_GAME, NO_SUCH_PROCESS, AMBIGUOUS_PROCESS
 */
export async function examine(options: ExamineOptions = {}): Promise<Examination> {
    return examineAll(withDefaults(options));
}

/**
 * Gathers what somebody who helps wants to see, as `poolnv support` does: this system, the findings of {@link examine}, the
 * settings, the ends of the logs and, of a program that runs, the statistics of its pool. Names of the person are replaced.
 * Changes nothing and writes nothing.
 *
 * @throws UserError NO_GAME, NO_SUCH_PROCESS, AMBIGUOUS_PROCESS
 */
export async function collectSupport(options: CollectOptions = {}): Promise<SupportPart[]> {
    return collectAll({ ...options, ...withDefaults(options) });
}

function withDefaults({ engine = "auto", search = {}, onProgress = () => {}, ...others }: ExamineOptions): ToExamine {
    return { ...others, engine, search, onProgress, connect: sessions.connect };
}

export type { CallerGroup, Grouping } from "./client/sampling/group-callers.js";
export type { SampledCalls, SamplingOfCallers } from "./client/sampling/sample-callers.js";
export type { TopCallers, TopOptions } from "./client/sampling/top-callers.js";
export { readPoolOptions } from "./config/to-pool-options.js";
export { findConfigFile, type FoundConfigFile, type ProgramToFind } from "./config/find-config-file.js";
export { statisticsBlock } from "./text/statistics-block.js";
export type { MemoryPool, PoolAddressSpace } from "./client/memory-pool.js";
export type { CommandAnswer } from "./repl/commands.js";
export { type CommandResult, runConsoleCommand } from "./repl/run-command.js";
export { type DemoReport, runDemo } from "./demo/demo.js";
export type { Measurement } from "./demo/measurement.js";
export type { LoadedSave } from "./client/main-thread/load-save.js";
export type { EngineChoice, EngineKind } from "./frida/engine-choice.js";
export { carryOut } from "./deploy/carry-out.js";
export { chooseSuitableGame, type SuitableGame } from "./deploy/choose-game.js";
export type { DeployedPath, MadeFolder, Manifest } from "./deploy/manifest.js";
export { type DeployPlan, type FileAction, planDeploy, type PlannedFile } from "./deploy/plan.js";
export { type DeployedFile, planUninstall, uninstall, type UninstallPlan } from "./deploy/uninstall.js";
export { wantedFiles, type WantedFile } from "./deploy/wanted-files.js";
export type { Examination, ExamineOptions } from "./doctor/examine.js";
export type { Finding, FindingId, Level } from "./doctor/finding.js";
export { type ErrorDetail, UserError, type UserErrorCode } from "./errors.js";
export type { FoundGame, GamesFound, Store } from "./game/found-game.js";
export { findGames } from "./game/find-games.js";
export type { GameSearch } from "./game/game-places.js";
export { expect } from "./loadtest/expectations/expect.js";
export type { Expectation, Seen } from "./loadtest/expectations/expectation.js";
export type { ProgramCommand } from "./loadtest/program/started-program.js";
export { type ReportToWrite, writeReport, type WrittenReport } from "./loadtest/report/write-report.js";
export { mergeResults } from "./loadtest/results/merge.js";
export { readRecords } from "./loadtest/results/read-records.js";
export type { ResultRecord, Verdict, VerdictRecord } from "./loadtest/results/record.js";
export { readSummary, type Summary } from "./loadtest/results/summary.js";
export { type LoadtestOptions, runLoadtest } from "./loadtest/run/run-loadtest.js";
export { readScenario } from "./loadtest/scenario/read-scenario.js";
export {
    type SaveToTest,
    scenario,
    type Scenario,
    type ScenarioDefinition,
    type Steps,
} from "./loadtest/scenario/scenario.js";
export { usualScenario } from "./loadtest/scenario/usual-scenario.js";
export { blocksBySize } from "./monitor/plots/blocks-by-size.js";
export { callsOverTime } from "./monitor/plots/calls-over-time.js";
export { fallbacksOverTime, type FallbackSample } from "./monitor/plots/fallbacks-over-time.js";
export { memoryOverTime, type MemorySample } from "./monitor/plots/memory-over-time.js";
export type { Plot } from "./monitor/plots/plot.js";
export type { Rates, Sample } from "./monitor/sample.js";
export { samples, type SamplingEnd, type SamplingOptions } from "./monitor/sampler.js";
export { type ExportedScreenshots, exportScreenshots } from "./game/saves/export-screenshots.js";
export { findSavesFolders } from "./game/saves/find-saves-folders.js";
export { listSaves } from "./game/saves/list-saves.js";
export { readSave, readScreenshot } from "./game/saves/read-save.js";
export type {
    BrokenSave,
    ListedSave,
    Save,
    SaveFile,
    SaveHeader,
    Screenshot,
    ScreenshotSize,
} from "./game/saves/save.js";
export { SaveError } from "./game/saves/save-error.js";
export type { SavesSearch } from "./game/saves/saves-places.js";
export { screenshotPng } from "./game/saves/screenshot-png.js";
export { runScript, type ScriptReport } from "./repl/script/run-script.js";
export type {
    AddressSpace,
    InstallReport,
    LaunchOptions,
    Layer,
    PoolFacts,
    PoolOptions,
    SizeGroup,
    Strategy,
    TuningOptions,
} from "./client/pool-session.js";
export type { HistogramRow, LayerCounters, PoolStatistics } from "./client/pool-statistics.js";
export { setupEngine } from "./frida/setup/setup.js";
export type { PreparedEngine } from "./frida/setup/setup.js";
export type { Unreadable } from "./game/steam/libraries.js";
export type { CollectOptions } from "./support/collect.js";
export type { Person } from "./support/redact.js";
export type { SupportPart } from "./support/support-part.js";
export { writeSupport } from "./support/write-support.js";
