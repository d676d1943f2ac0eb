import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../host/errors.js";
import { BenchAgent } from "./bench-agent.js";
import type { BenchOptions } from "./bench-options.js";
import type { Arena, Competitor } from "./competitor.js";
import { measureCostOfLooking, type WayOfLooking, waysOfLooking } from "./cost-of-looking.js";
import type { Contestant } from "./contestants.js";
import { evaluateFigures } from "./figures.js";
import { Measurements } from "./measurements.js";
import { prepareTargets } from "./prepare-targets.js";
import type { BenchReport, Fault, LeftOut } from "./report.js";
import { runBatch } from "./run-batch.js";
import { type Batch, scheduleOf, weightOf } from "./schedule.js";
import { type TargetName, targetTitles } from "./target-kind.js";
import { TimeLeft } from "../../host/text/time-left.js";
import type { PreparedTarget } from "./workshop.js";

/** What a run is told besides what to measure. */
export interface BenchCircumstances {
    onProgress: (line: string) => void;
    /** Ends the run early; what was measured until then is reported. */
    signal: AbortSignal;
}

/**
 * Measures every contestant on every workload, side by side, on each kind of target.
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
    readonly #living = new Set<Competitor>();
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
        for (const [index, target] of [...prepared.keys()].entries())
            await this.#measure(target, prepared.get(target)!, schedules[index]!);
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
        for (const competitor of this.#living) void competitor.close();
    }

    #isInterrupted = (): boolean => this.circumstances.signal.aborted;

    #scheduleFor(target: TargetName): Batch[] {
        const absent = this.#leftOut.filter((left) => left.target === target).map(({ contestant }) => contestant);
        return scheduleOf(target, this.options)
            .map((batch) => ({ ...batch, contestants: batch.contestants.filter(({ name }) => !absent.includes(name)) }))
            .filter((batch) => batch.contestants.length > 0);
    }

    async #measure(name: TargetName, target: PreparedTarget, schedule: Batch[]): Promise<void> {
        const agent = new BenchAgent(target);
        const arena = { target, agent, folder: this.folder };
        try {
            for (const batch of schedule) {
                if (this.#isInterrupted()) return;
                await this.#carryOutBatch(batch, arena);
            }
            for (const way of ["statistics", "callers"] as const)
                if (!this.#isInterrupted()) await this.#look(way, name, arena);
        } finally {
            await agent.close();
        }
    }

    async #carryOutBatch(batch: Batch, arena: Arena): Promise<void> {
        const what = `${targetTitles[batch.target]}, ${batch.workloads.map(({ name }) => name).join(" and ")}`;
        await runBatch(batch, {
            arena,
            options: this.options,
            measurements: this.#measurements,
            living: this.#living,
            isInterrupted: this.#isInterrupted,
            onRepetition: (repetition) => this.#tell(`${what}: ${repetition} of ${batch.repetitions}`),
            onFailure: (contestant, { name }, error) => this.#note(batch.target, contestant, name, error),
        });
        this.#timeLeft.finish(weightOf(batch));
    }

    async #look(way: WayOfLooking, target: TargetName, arena: Arena): Promise<void> {
        if (!this.options.contestants.includes("recycle") || !this.options.workloads.includes("mix")) return;
        this.#tell(`${targetTitles[target]}, ${waysOfLooking[way]}`);
        try {
            const cost = await measureCostOfLooking(way, arena, this.options, this.#isInterrupted);
            this.#measurements.setCostOfLooking(target, way, cost);
        } catch (error) {
            if (this.#isInterrupted()) return;
            this.#faults.push({ target, contestant: "recycle", workload: "mix", message: messageOf(error) });
        }
    }

    #note(target: TargetName, contestant: Contestant, workload: Fault["workload"], error: unknown): void {
        const fault = { target, contestant: contestant.name, workload, message: messageOf(error) };
        this.#faults.push(fault);
        this.circumstances.onProgress(`${targetTitles[target]}, ${workload}, ${contestant.title}: ${fault.message}`);
    }

    #tell(what: string): void {
        const left = this.#timeLeft.toString();
        this.circumstances.onProgress(left === "" ? what : `${what} (${left})`);
    }
}

function messageOf(error: unknown): string {
    if (error instanceof UserError) return `${error.message} (${error.resolution})`;
    return error instanceof Error ? error.message : String(error);
}
