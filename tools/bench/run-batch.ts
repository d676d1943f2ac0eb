import { setTimeout as pause } from "node:timers/promises";
import type { Allocator } from "./allocators.js";
import type { BenchOptions } from "./bench-options.js";
import type { Measurements } from "./measurements.js";
import type { Batch } from "./schedule.js";
import { Subject, type Workbench } from "./subject.js";
import type { Workload } from "./workloads.js";

/** After an injection Frida cleans up in the program for a while; the measurement waits that long, in milliseconds. */
const settlingMs = 3000;

/** What all batches of a run share. */
export interface BatchContext {
    readonly workbench: Workbench;
    readonly options: BenchOptions;
    readonly measurements: Measurements;
    /** An allocator failed; the others go on. */
    readonly onFailure: (allocator: Allocator, workload: Workload, error: unknown) => void;
    readonly onRepetition: (repetition: number) => void;
    readonly isInterrupted: () => boolean;
    /** Running processes, for an interruption to kill. */
    readonly living: Set<Subject>;
}

/** Runs a batch: the processes of all allocators run at once and work in rotation; the others wait. */
export async function runBatch(batch: Batch, context: BatchContext): Promise<void> {
    const needsFresh = batch.workloads.some(({ needsFreshProgram }) => needsFreshProgram);
    const rounds = needsFresh ? batch.repetitions : 1;
    const repetitions = needsFresh ? 1 : batch.repetitions;
    for (let round = 0; round < rounds && !context.isInterrupted(); round++) {
        const subjects = await startAll(batch, context);
        try {
            for (let repetition = 0; repetition < repetitions && !context.isInterrupted(); repetition++) {
                context.onRepetition(round + repetition + 1);
                await repeat(batch, rotated(subjects, round + repetition), context);
            }
            for (const subject of subjects) await readPool(batch, subject, context);
        } finally {
            for (const subject of subjects) await retire(subject, context);
        }
    }
}

async function startAll(batch: Batch, context: BatchContext): Promise<Set<Subject>> {
    const started = await Promise.all(
        batch.allocators.map(async (allocator) => {
            try {
                const subject = await Subject.start(allocator, context.workbench);
                context.living.add(subject);
                return [subject];
            } catch (error) {
                if (!context.isInterrupted()) context.onFailure(allocator, batch.workloads[0]!, error);
                return [];
            }
        }),
    );
    if (!context.options.quick) await pause(settlingMs);
    return new Set(started.flat());
}

async function repeat(batch: Batch, subjects: Subject[], context: BatchContext): Promise<void> {
    const { options, measurements } = context;
    for (const subject of subjects) {
        for (const workload of batch.workloads) {
            if (context.isInterrupted()) return;
            if (!context.living.has(subject)) continue;
            const operations = options.quick ? workload.quickOperations : workload.operations;
            await attempt(subject, workload, context, async () => {
                const trial = { target: batch.target, workload: workload.name, allocator: subject.allocator.name };
                if (workload.latencyOf === null) {
                    measurements.add(trial, await subject.run(workload.name, options.seed, operations));
                } else {
                    const answer = await subject.measureLatency(workload.latencyOf, options.seed, operations);
                    measurements.latencies.add(trial, answer);
                }
            });
        }
    }
}

/** Readings after the last repetition. */
async function readPool(batch: Batch, subject: Subject, context: BatchContext): Promise<void> {
    const { measurements, options } = context;
    const [workload] = batch.workloads;
    if (workload === undefined || context.isInterrupted() || !context.living.has(subject)) return;
    const { name: allocator } = subject.allocator;
    await attempt(subject, workload, context, async () => {
        const pool = await subject.poolFacts();
        for (const { name } of batch.workloads) {
            if (pool !== null) measurements.addPool({ target: batch.target, workload: name, allocator }, pool);
        }
        if (workload.name !== "mix" || allocator !== "recycle") return;
        const operations = options.quick ? workload.quickOperations : workload.operations;
        const overhead = await subject.measureOverhead(workload.name, options.seed, operations);
        if (overhead !== null) measurements.setOverhead(batch.target, overhead);
    });
}

async function attempt(
    subject: Subject,
    workload: Workload,
    context: BatchContext,
    work: () => Promise<void>,
): Promise<void> {
    try {
        await work();
    } catch (error) {
        if (!context.isInterrupted()) context.onFailure(subject.allocator, workload, error);
        await retire(subject, context);
    }
}

async function retire(subject: Subject, { living }: BatchContext): Promise<void> {
    living.delete(subject);
    await subject.close();
}

/** Another one is first each time: the first may find other cache contents than the last. */
function rotated(subjects: Set<Subject>, repetition: number): Subject[] {
    const all = [...subjects];
    const first = all.length === 0 ? 0 : repetition % all.length;
    return [...all.slice(first), ...all.slice(0, first)];
}
