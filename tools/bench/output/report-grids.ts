import { bytesPerMb } from "../../../shared/bytes.js";
import { type Allocator, allocators } from "../allocators.js";
import type { Figure } from "../figures.js";
import type { Result } from "../measurements.js";
import type { Goal } from "../performance-targets.js";
import { type Platform, platforms, platformTitles } from "../platform.js";
import type { BenchReport } from "../report.js";
import { type Workload, workloads } from "../workloads.js";
import type { Grid } from "./grid.js";
import { latencyGrids } from "./latency-grid.js";

/** The report as tables: times and memory of each target, then the performance targets. */
export function reportGrids(report: BenchReport): Grid[] {
    const timed = new Set(report.measurements.results().map(({ target }) => target));
    return [
        ...platforms.flatMap((target) => [
            ...(timed.has(target)
                ? [timeGrid(report, target), spreadGrid(report, target), memoryGrid(report, target)]
                : []),
            ...latencyGrids(report, target),
        ]),
        ...(report.figures.length === 0 ? [] : [figureGrid(report)]),
    ];
}

function timeGrid(report: BenchReport, target: Platform): Grid {
    const present = allocatorsIn(report, target);
    return {
        title: `${platformTitles[target]}: ns per operation, median`,
        head: ["", ...present.map(({ title }) => title), "CRT / recycle", "recycle / best other"],
        rows: workloadsIn(report, target).map((workload) => [
            workload.title,
            ...present.map(({ name }) => middle(report.measurements.result(target, workload.name, name))),
            ...ratios(report, target, workload),
        ]),
        notes: [...versionNotes(report, target), ...fallbackNotes(report, target)],
    };
}

function spreadGrid(report: BenchReport, target: Platform): Grid {
    const present = allocatorsIn(report, target);
    return {
        title: `${platformTitles[target]}: ns per operation, lowest to highest`,
        head: ["", ...present.map(({ title }) => title)],
        rows: workloadsIn(report, target).map((workload) => [
            workload.title,
            ...present.map(({ name }) => extremes(report.measurements.result(target, workload.name, name))),
        ]),
        notes: [],
    };
}

function memoryGrid(report: BenchReport, target: Platform): Grid {
    const present = allocatorsIn(report, target).filter(({ name }) => name !== "baseline");
    return {
        title: `${platformTitles[target]}: peak memory in MB`,
        head: ["", "asked for", ...present.map(({ title }) => title)],
        rows: workloadsIn(report, target)
            .filter(({ isAuxiliary }) => !isAuxiliary)
            .map((workload) => {
                const results = present.map(({ name }) => report.measurements.result(target, workload.name, name));
                const live = Math.max(0, ...results.map((result) => result?.liveBytes ?? 0));
                return [workload.title, inMb(live), ...results.map((result) => inMb(result?.peakBytes))];
            }),
        notes: [
            target === "win32"
                ? "What is committed, be it written to or not."
                : "What is resident: pages that the program never wrote to do not count, so that it can be less than was asked for.",
        ],
    };
}

function figureGrid({ figures }: BenchReport): Grid {
    return {
        title: "Figures",
        head: ["", "measured", "must reach", ""],
        rows: figures.map(({ name, target, measured, goal, reached }) => [
            `${platformTitles[target]}, ${name}`,
            measured === null ? "not measured" : amount(measured, goal),
            `${goal.comparison} ${amount(goal.value, goal)}`,
            verdict(reached),
        ]),
        notes: figures.flatMap(({ name, remark }) => (remark === null ? [] : [`${name}: ${remark}.`])),
    };
}

function allocatorsIn(report: BenchReport, target: Platform): Allocator[] {
    const measured = report.measurements.results().filter((result) => result.target === target);
    return allocators.filter(({ name }) => measured.some(({ allocator }) => allocator === name));
}

function workloadsIn(report: BenchReport, target: Platform): Workload[] {
    const measured = report.measurements.results().filter((result) => result.target === target);
    return workloads.filter(({ name }) => measured.some(({ workload }) => workload === name));
}

function ratios({ measurements }: BenchReport, target: Platform, { name }: Workload): [string, string] {
    const recycle = measurements.time(target, name, "recycle");
    const crt = measurements.time(target, name, "crt");
    const peer = measurements.bestPeer(target, name);
    return [
        recycle === null || crt === null ? "-" : times(crt / recycle),
        recycle === null || peer === null ? "-" : `${times(recycle / peer.nsPerOperation.median)} (${peer.allocator})`,
    ];
}

function middle(result: Result | null): string {
    if (result === null) return "-";
    return nanoseconds(result.nsPerOperation.median) + ((result.fallbacks ?? 0) > 0 ? "*" : "");
}

function extremes(result: Result | null): string {
    if (result === null) return "-";
    return `${nanoseconds(result.nsPerOperation.min)} to ${nanoseconds(result.nsPerOperation.max)}`;
}

function versionNotes({ versions }: BenchReport, target: Platform): string[] {
    const here = versions.filter((version) => version.target === target);
    return here.length === 0 ? [] : [here.map(({ allocator, version }) => `${allocator} ${version}`).join(", ") + "."];
}

function fallbackNotes({ measurements }: BenchReport, target: Platform): string[] {
    return measurements
        .results()
        .filter((result) => result.target === target && (result.fallbacks ?? 0) > 0)
        .map(
            ({ workload, allocator, fallbacks }) =>
                `* ${allocator} on ${workload}: the pool ran dry, ${fallbacks} requests were served by the CRT.`,
        );
}

function nanoseconds(value: number): string {
    return value < 100 ? value.toFixed(1) : value.toFixed(0);
}

function inMb(bytes: number | undefined): string {
    return bytes === undefined ? "-" : (bytes / bytesPerMb).toFixed(1);
}

function amount(value: number, { unit }: Pick<Goal, "unit">): string {
    switch (unit) {
        case "share":
            return `${(value * 100).toFixed(1)} %`;
        case "count":
            return value.toFixed(0);
        case "times":
            return times(value);
    }
}

function times(value: number): string {
    return `${value.toFixed(value < 10 ? 2 : 1)}x`;
}

function verdict(reached: Figure["reached"]): string {
    return reached === null ? "-" : reached ? "yes" : "no";
}
