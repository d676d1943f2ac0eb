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
import { examine as examineAll, type Examination, type ExamineOptions, type ToExamine } from "./doctor/examine.js";
import { type CollectOptions, collectSupport as collectAll } from "./support/collect.js";
import type { SupportPart } from "./support/bundle.js";
import { connect } from "./client/open.js";

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
    return { ...others, engine, search, onProgress, connect };
}

export type { CallerGroup, Grouping } from "./client/sampling/group-callers.js";
export type { SampledCalls, SamplingOfCallers } from "./client/sampling/sample-callers.js";
export type { TopCallers, TopOptions } from "./client/sampling/top-callers.js";
export { readPoolOptions } from "./config/config-file.js";
export { findConfigFile, type FoundConfigFile, type ProgramToFind } from "./config/find-config-file.js";
export { statisticsBlock } from "./text/format.js";
export { attach, connect, launch } from "./client/open.js";
export type { PoolClient } from "./client/pool-client.js";
export type { PoolAddressSpace } from "../shared/pool-statistics.js";
export type { CommandAnswer } from "./repl/commands.js";
export { type CommandResult, runConsoleCommand } from "./repl/run-command.js";
export type { DemoReport } from "./demo/demo-report.js";
export { runDemo } from "./demo/demo.js";
export type { Measurement } from "./demo/measurement.js";
export type { LoadedSave } from "./client/main-thread/load-save.js";
export type { EngineChoice, EngineKind } from "./frida/engine.js";
export { carryOut } from "./deploy/carry-out.js";
export { chooseSuitableGame, type SuitableGame } from "./deploy/choose-game.js";
export type { Manifest } from "./deploy/manifest.js";
export { type DeployPlan, type FileAction, planDeploy, type PlannedFile } from "./deploy/plan.js";
export { type DeployedFile, planUninstall, uninstall, type UninstallPlan } from "./deploy/uninstall.js";
export { wantedFiles, type WantedFile } from "./deploy/wanted-files.js";
export type { Examination, ExamineOptions } from "./doctor/examine.js";
export type { Finding, FindingId, Level } from "./doctor/finding.js";
export { type ErrorDetail, UserError, type UserErrorCode } from "./errors.js";
export type { FoundGame, GamesFound, Store, Unreadable } from "./game/found-game.js";
export { findGames } from "./game/find-games.js";
export type { GameSearch } from "./game/game-places.js";
export { expect, type Expectation, type Seen } from "./loadtest/scenario/expectations.js";
export type { ProgramCommand } from "./loadtest/program/launcher.js";
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
    usualScenario,
} from "./loadtest/scenario/scenario.js";
export { blocksBySize } from "./monitor/plots/blocks-by-size.js";
export {
    callsOverTime,
    type FallbackSample,
    fallbacksOverTime,
    memoryOverTime,
    type MemorySample,
    type Plot,
} from "./monitor/plots/time-series.js";
export type { Rates, Sample } from "./monitor/sample.js";
export { samples, type SamplingEnd, type SamplingOptions } from "./monitor/sampler.js";
export { type ExportedScreenshots, exportScreenshots, screenshotPng } from "./game/saves/screenshots.js";
export { findSavesFolders, type SavesSearch } from "./game/saves/saves-folders.js";
export { listSaves } from "./game/saves/list-saves.js";
export { readSave, readScreenshot } from "./game/saves/read-save.js";
export {
    type BrokenSave,
    type ListedSave,
    type Save,
    SaveError,
    type SaveFile,
    type SaveHeader,
    type Screenshot,
    type ScreenshotSize,
} from "./game/saves/save.js";
export { runScript, type ScriptReport } from "./repl/script/run-script.js";
export type { AddressSpace, PoolFacts } from "../shared/protocol/pool.js";
export type { InstallReport } from "./client/install.js";
export type { LaunchOptions, PoolOptions, TuningOptions } from "./config/options.js";
export type { Layer, SizeGroup, Strategy } from "../shared/protocol/install.js";
export type { HistogramRow, LayerCounters, PoolStatistics } from "../shared/pool-statistics.js";
export { type PreparedEngine, setupEngine } from "./frida/setup/setup.js";
export type { CollectOptions } from "./support/collect.js";
export type { Identity } from "./support/redact.js";
export { type SupportPart, writeSupport } from "./support/bundle.js";
