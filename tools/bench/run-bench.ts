import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../host/errors.js";
import { TimeLeft } from "../../host/text/time-left.js";
import type { Allocator } from "./allocators.js";
import type { BenchOptions } from "./bench-options.js";
import { evaluateFigures } from "./figures.js";
import { Measurements } from "./measurements.js";
import { measureMonitoringCost, type Monitoring, monitorings } from "./monitoring-cost.js";
import { type Platform, platformTitles } from "./platform.js";
import { prepareTargets } from "./prepare-targets.js";
import type { PreparedTarget } from "./prepared-target.js";
import type { BenchReport, Fault, LeftOut } from "./report.js";
import { runBatch } from "./run-batch.js";
import { type Batch, scheduleOf, weightOf } from "./schedule.js";
import type { Subject, Workbench } from "./subject.js";
import { withoutFigure } from "./without-figure.js";

/** Progress and interruption of a run. */
export interface BenchCircumstances {
    onProgress: (line: string) => void;
    /** Ends the run early; what was measured until then is reported. */
    signal: AbortSignal;
}

/**
 * Measures every allocator on every workload, side by side, on each platform.
 *
 * @throws UserError SETUP_FAILED when nothing can be measured here at all
 */
export async function runBench(options: BenchOptions, circumstances: BenchCircumstances): Promise<BenchReport> {
    const folder = await mkdtemp(join(tmpdir(), "poolnv-bench-"));
    const run = new BenchRun(options, circumstances, folder);
    const end = () => run.endAll();
    circumstances.signal.addEventListener("abort", end);
    try {
        return await run.carryOut();
    } finally {
        circumstances.signal.removeEventListener("abort", end);
        await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    }
}

class BenchRun {
    readonly #started = performance.now();
    readonly #measurements = new Measurements(availableParallelism());
    readonly #living = new Set<Subject>();
    #leftOut: LeftOut[] = [];
    readonly #faults: Fault[] = [];
    #timeLeft = new TimeLeft(0);

    constructor(
        readonly options: BenchOptions,
        readonly circumstances: BenchCircumstances,
        readonly folder: string,
    ) {}

    async carryOut(): Promise<BenchReport> {
        const {
            targets: prepared,
            leftOut,
            versions,
        } = await prepareTargets(this.options, this.folder, {
            report: this.circumstances.onProgress,
            isInterrupted: this.#isInterrupted,
        });
        this.#leftOut = leftOut;
        const schedules = [...prepared.keys()].map((target) => this.#scheduleFor(target));
        const weights = schedules.flat().map(weightOf);
        this.#timeLeft = new TimeLeft(weights.reduce((sum, weight) => sum + weight, 0));
        for (const [index, target] of [...prepared.keys()].entries()) {
            await this.#measure(target, prepared.get(target)!, schedules[index]!);
        }
        if (!this.#isInterrupted()) {
            this.#faults.push(...withoutFigure(schedules.flat(), this.#measurements, this.#faults));
        }
        return {
            options: this.options,
            cores: this.#measurements.cores,
            seconds: (performance.now() - this.#started) / 1000,
            isComplete: !this.#isInterrupted(),
            measurements: this.#measurements,
            figures: evaluateFigures(this.#measurements, [...prepared.keys()]),
            leftOut: this.#leftOut,
            faults: this.#faults,
            versions,
        };
    }

    /** Ends every program of this run, and none other. */
    endAll(): void {
        for (const subject of this.#living) void subject.close();
    }

    #isInterrupted = (): boolean => this.circumstances.signal.aborted;

    #scheduleFor(target: Platform): Batch[] {
        const absent = this.#leftOut.filter((left) => left.target === target);
        return scheduleOf(target, this.options)
            .map((batch) => ({
                ...batch,
                workloads: batch.workloads.filter(({ name }) => !absent.some(({ workload }) => workload === name)),
                allocators: batch.allocators.filter(({ name }) => !absent.some(({ allocator }) => allocator === name)),
            }))
            .filter((batch) => batch.workloads.length > 0 && batch.allocators.length > 0);
    }

    async #measure(name: Platform, target: PreparedTarget, schedule: Batch[]): Promise<void> {
        const workbench = { target, folder: this.folder };
        for (const batch of schedule) {
            if (this.#isInterrupted()) return;
            await this.#carryOutBatch(batch, workbench);
        }
        for (const monitoring of ["statistics", "callers"] as const) {
            if (!this.#isInterrupted()) await this.#measureMonitoring(monitoring, name, workbench);
        }
    }

    async #carryOutBatch(batch: Batch, workbench: Workbench): Promise<void> {
        const what = `${platformTitles[batch.target]}, ${batch.workloads.map(({ name }) => name).join(" and ")}`;
        await runBatch(batch, {
            workbench,
            options: this.options,
            measurements: this.#measurements,
            living: this.#living,
            isInterrupted: this.#isInterrupted,
            onRepetition: (repetition) => this.#progress(`${what}: ${repetition} of ${batch.repetitions}`),
            onFailure: (allocator, { name }, error) => this.#addFault(batch.target, allocator, name, error),
        });
        this.#timeLeft.finish(weightOf(batch));
    }

    async #measureMonitoring(monitoring: Monitoring, target: Platform, workbench: Workbench): Promise<void> {
        if (!this.options.allocators.includes("recycle") || !this.options.workloads.includes("mix")) return;
        this.#progress(`${platformTitles[target]}, ${monitorings[monitoring]}`);
        try {
            const cost = await measureMonitoringCost(monitoring, workbench, this.options, this.#isInterrupted);
            this.#measurements.setMonitoringCost(target, monitoring, cost);
        } catch (error) {
            if (this.#isInterrupted()) return;
            this.#faults.push({ target, allocator: "recycle", workload: "mix", message: messageOf(error) });
        }
    }

    #addFault(target: Platform, allocator: Allocator, workload: Fault["workload"], error: unknown): void {
        const fault = { target, allocator: allocator.name, workload, message: messageOf(error) };
        this.#faults.push(fault);
        this.circumstances.onProgress(`${platformTitles[target]}, ${workload}, ${allocator.title}: ${fault.message}`);
    }

    #progress(what: string): void {
        const left = this.#timeLeft.toString();
        this.circumstances.onProgress(left === "" ? what : `${what} (${left})`);
    }
}

function messageOf(error: unknown): string {
    if (error instanceof UserError) return `${error.message} (${error.resolution})`;
    return error instanceof Error ? error.message : String(error);
}
