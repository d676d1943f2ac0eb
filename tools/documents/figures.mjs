// @ts-check
// The tables of docs/benchmarks.md, from docs/benchmarks.json: what `npm run bench -- --json` prints.
import { readFileSync } from "node:fs";
import { allocators } from "../../dist/tools/bench/allocators.js";
import { latencyCells, latencyHead } from "../../dist/tools/bench/output/latency-grid.js";
import { platforms, platformTitles } from "../../dist/tools/bench/platform.js";
import { workloads } from "../../dist/tools/bench/workloads.js";

/**
 * The fields that the tables need. Times in nanoseconds per operation, memory in bytes. `ran_dry` is set in results that
 * were kept without their number of fallbacks.
 *
 * @typedef {object} Result
 * @property {string} target
 * @property {string} workload
 * @property {string} allocator
 * @property {{ median: number }} ns_per_operation
 * @property {number | null} [time_against_crt]
 * @property {number | null} [time_against_best_other]
 * @property {string | null} [best_other]
 * @property {number} [live_bytes]
 * @property {number} [peak_bytes]
 * @property {number | null} [fallback_allocs]
 * @property {boolean} [ran_dry]
 *
 * @typedef {{ calls: number, p99: number, p99_9: number, p99_99: number, longest: number }} CallLatency nanoseconds
 *
 * @typedef {object} Latency
 * @property {string} target
 * @property {string} workload
 * @property {string} allocator
 * @property {CallLatency} malloc
 * @property {CallLatency} free
 * @property {number | null} fallback_allocs
 *
 * @typedef {object} Figure
 * @property {string} name `mix: header and padding by requested bytes`
 * @property {string} target
 * @property {number | null} measured
 * @property {string} comparison
 * @property {number} goal
 * @property {"times" | "share" | "count"} unit
 * @property {boolean | null} reached
 */

const megabyte = 1_048_576;

/** @type {{ results: Result[], figures: Figure[], latency?: Latency[] }} */
const {
    results,
    figures,
    latency = [],
} = JSON.parse(readFileSync(new URL("../../docs/benchmarks.json", import.meta.url), "utf8"));

/** Time per operation: a table for each platform. */
export function timeTables() {
    return platforms.map((platform) => `### ${platformTitles[platform]}\n\n${timeTable(platform)}`).join("\n\n");
}

/** @param {string} platform */
function timeTable(platform) {
    const here = results.filter(({ target }) => target === platform);
    const columns = allocators.filter(({ name }) => here.some(({ allocator }) => allocator === name));
    const rows = workloads.filter(({ name }) => here.some(({ workload }) => workload === name));
    return table(
        ["workload", ...columns.map(({ title }) => title), "CRT / recycle", "recycle / best other"],
        rows.map((workload) => {
            const row = here.filter((result) => result.workload === workload.name);
            const recycle = row.find(({ allocator }) => allocator === "recycle");
            return [
                workload.title,
                ...columns.map(({ name }) => time(row.find(({ allocator }) => allocator === name))),
                recycle?.time_against_crt ? times(1 / recycle.time_against_crt) : "-",
                recycle?.time_against_best_other
                    ? `${times(recycle.time_against_best_other)} (${recycle.best_other})`
                    : "-",
            ];
        }),
    );
}

/** The section on single calls: a table for each platform. Empty while the file has no latencies. */
export function latencySection() {
    return latency.length === 0 ? "" : latencySectionOf(latency);
}

/** @param {Latency[]} latencies */
export function latencySectionOf(latencies) {
    const tables = platforms
        .filter((platform) => latencies.some(({ target }) => target === platform))
        .map((platform) => `### ${platformTitles[platform]}: latency\n\n${latencyTable(latencies, platform)}`);
    return ["## Latency", latencyText, ...tables].join("\n\n");
}

const latencyText = `
A game stutters on the slowest call of a frame, not on the mean. Nanoseconds of single calls: what one call in 100, in 1,000 and in 10,000 exceeds, and the longest.

- Runs of their own, after a pass that is not recorded. The frees at the end, when everything goes at once, do not count.
- Each call is timed by the processor's time-stamp counter, which is compared with the clock in each run. Many counters advance in steps of some nanoseconds. The cost of an empty reading is subtracted; **empty** shows what is left.
- Nothing is left out: an interrupt, a page that the system provides, or a thread that loses its processor during a call counts. Four threads on fewer cores lose theirs often, so each figure is the median of the repetitions.
- An asterisk: the pool was full and the C runtime served the rest.`.trim();

/** @param {Latency[]} latencies @param {string} platform */
function latencyTable(latencies, platform) {
    const rows = workloads.flatMap(({ name: workload, title }) =>
        allocators.flatMap((allocator) => {
            const found = latencies.find(
                (one) => one.target === platform && one.workload === workload && one.allocator === allocator.name,
            );
            if (found === undefined) return [];
            const isDry = (found.fallback_allocs ?? 0) > 0;
            return [[title, allocator.title + (isDry ? "\\*" : ""), ...latencyCells(found)]];
        }),
    );
    return table(["workload", "allocator", ...latencyHead], rows, 2);
}

/** Committed memory at its peak, of Windows programs. */
export function memoryTable() {
    const here = results.filter(({ target, peak_bytes }) => target === "win32" && peak_bytes !== undefined);
    const columns = allocators.filter(
        ({ name }) => name !== "baseline" && here.some(({ allocator }) => allocator === name),
    );
    const rows = workloads.filter(
        ({ name, isAuxiliary }) => !isAuxiliary && here.some(({ workload }) => workload === name),
    );
    return table(
        ["workload", "live", ...columns.map(({ title }) => title)],
        rows.map((workload) => {
            const row = here.filter((result) => result.workload === workload.name);
            const live = Math.max(...row.map(({ live_bytes = 0 }) => live_bytes));
            const peaks = columns.map(({ name }) => row.find(({ allocator }) => allocator === name)?.peak_bytes);
            return [workload.title, ...[live, ...peaks].map(megabytes)];
        }),
    );
}

/** Every figure that the pool has to reach: a table for each platform. */
export function targetTables() {
    return platforms
        .map((platform) => {
            const rows = figures
                .filter(({ target }) => target === platform)
                .map(({ name, measured, comparison, goal, unit, reached }) => {
                    const [workload = "", figure = ""] = name.split(/: (.*)/s);
                    const value = measured === null ? "not measured" : amount(measured, unit);
                    const verdict = reached === null ? "-" : reached ? "yes" : "no";
                    return [workload, figure, value, `${comparison} ${amount(goal, unit)}`, verdict];
                });
            const head = ["workload", "figure", "measured", "target", "reached"];
            return `### ${platformTitles[platform]}\n\n${table(head, rows, 2)}`;
        })
        .join("\n\n");
}

/**
 * @param {string[]} head
 * @param {string[][]} rows
 * @param {number} [texts] how many of the first columns are text; the others are numbers
 */
function table(head, rows, texts = 1) {
    const rule = head.map((_, column) => (column < texts ? "---" : "---:"));
    return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** @param {Result | undefined} result */
function time(result) {
    if (result === undefined) return "-";
    const { median } = result.ns_per_operation;
    const isDry = result.ran_dry === true || (result.fallback_allocs ?? 0) > 0;
    return median.toFixed(median < 100 ? 1 : 0) + (isDry ? "\\*" : "");
}

/** @param {number | undefined} bytes */
function megabytes(bytes) {
    return bytes === undefined ? "-" : (bytes / megabyte).toFixed(1);
}

/** @param {number} value @param {Figure["unit"]} unit */
function amount(value, unit) {
    if (unit === "count") return value.toFixed(0);
    return unit === "share" ? `${(value * 100).toFixed(1)} %` : times(value);
}

/** @param {number} value */
function times(value) {
    return `${value.toFixed(value < 10 ? 2 : 1)}x`;
}
