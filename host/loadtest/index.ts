/**
 * Load tests: scenarios, expectations, runs, their results and reports.
 *
 * @packageDocumentation
 */
export type { ProgramCommand } from "./program/launcher.js";
export { type ReportToWrite, writeReport, type WrittenReport } from "./report/write-report.js";
export { mergeResults } from "./results/merge.js";
export { readRecords } from "./results/read-records.js";
export type { ResultRecord, Verdict, VerdictRecord } from "./results/record.js";
export { readSummary, type Summary } from "./results/summary.js";
export { type LoadtestOptions, runLoadtest } from "./run/run-loadtest.js";
export { expect, type Expectation, type Seen } from "./scenario/expectations.js";
export { readScenario } from "./scenario/read-scenario.js";
export {
    type SaveToTest,
    scenario,
    type Scenario,
    type ScenarioDefinition,
    type Steps,
    usualScenario,
} from "./scenario/scenario.js";
