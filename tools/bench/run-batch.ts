import { setTimeout as pause } from "node:timers/promises";
import type { BenchOptions } from "./bench-options.js";
import { type Arena, Competitor } from "./competitor.js";
import type { Contestant } from "./contestants.js";
import type { Measurements } from "./measurements.js";
import type { Batch } from "./schedule.js";
import type { Workload } from "./workloads.js";

/** After an injection Frida goes on tidying up in the program for a while; nobody is measured meanwhile. */
const SETTLING_MS = 3000;

/** What a batch is carried out with. */
export interface BatchContext {
    readonly arena: Arena;
    readonly options: BenchOptions;
    readonly measurements: Measurements;
    /** Told of a contestant that could not go on; the others do. */
    readonly onFailure: (contestant: Contestant, workload: Workload, error: unknown) => void;
    readonly onRepetition: (repetition: number) => void;
    readonly isInterrupted: () => boolean;
    /** Whoever lives, so that an interruption can end them. */
    readonly living: Set<Competitor>;
}

/** Carries out a batch: all contestants are alive at once and are asked in turn; those not asked wait. */
export async function runBatch(batch: Batch, context: BatchContext): Promise<void> {
    const needsFresh = batch.workloads.some(({ needsFreshProgram }) => needsFreshProgram);
    const rounds = needsFresh ? batch.repetitions : 1;
    const repetitions = needsFresh ? 1 : batch.repetitions;
    for (let round = 0; round < rounds && !context.isInterrupted(); round++) {
        const competitors = await startAll(batch, context);
        try {
            for (let repetition = 0; repetition < repetitions && !context.isInterrupted(); repetition++) {
                context.onRepetition(round + repetition + 1);
                await repeat(batch, inTurn(competitors, round + repetition), context);
            }
            for (const competitor of competitors) await wrapUp(batch, competitor, context);
        } finally {
            for (const competitor of competitors) await retire(competitor, context);
        }
    }
}

async function startAll(batch: Batch, context: BatchContext): Promise<Set<Competitor>> {
    const started = await Promise.all(
        batch.contestants.map(async (contestant) => {
            try {
                const competitor = await Competitor.start(contestant, context.arena);
                context.living.add(competitor);
                return [competitor];
            } catch (error) {
                if (!context.isInterrupted()) context.onFailure(contestant, batch.workloads[0]!, error);
                return [];
            }
        }),
    );
    if (!context.options.quick) await pause(SETTLING_MS);
    return new Set(started.flat());
}

async function repeat(batch: Batch, competitors: Competitor[], context: BatchContext): Promise<void> {
    const { options, measurements } = context;
    for (const competitor of competitors) {
        for (const workload of batch.workloads) {
            if (context.isInterrupted()) return;
            if (!context.living.has(competitor)) continue;
            const operations = options.quick ? workload.quickOperations : workload.operations;
            await attempt(competitor, workload, context, async () => {
                const answer = await competitor.run(workload.name, options.seed, operations);
                const trial = { target: batch.target, workload: workload.name, contestant: competitor.contestant.name };
                measurements.add(trial, answer);
            });
        }
    }
}

/** What is asked once, after the last repetition. */
async function wrapUp(batch: Batch, competitor: Competitor, context: BatchContext): Promise<void> {
    const { measurements, options } = context;
    const [workload] = batch.workloads;
    if (workload === undefined || context.isInterrupted() || !context.living.has(competitor)) return;
    const { name: contestant } = competitor.contestant;
    await attempt(competitor, workload, context, async () => {
        const pool = await competitor.poolFacts();
        for (const { name } of batch.workloads)
            if (pool !== null) measurements.addPool({ target: batch.target, workload: name, contestant }, pool);
        if (workload.name !== "mix" || contestant !== "recycle") return;
        const operations = options.quick ? workload.quickOperations : workload.operations;
        const overhead = await competitor.measureOverhead(workload.name, options.seed, operations);
        if (overhead !== null) measurements.setOverhead(batch.target, overhead);
    });
}

async function attempt(
    competitor: Competitor,
    workload: Workload,
    context: BatchContext,
    work: () => Promise<void>,
): Promise<void> {
    try {
        await work();
    } catch (error) {
        if (!context.isInterrupted()) context.onFailure(competitor.contestant, workload, error);
        await retire(competitor, context);
    }
}

async function retire(competitor: Competitor, { living }: BatchContext): Promise<void> {
    living.delete(competitor);
    await competitor.close();
}

/** Everybody begins once: what comes first may find other caches than what comes last. */
function inTurn(competitors: Set<Competitor>, repetition: number): Competitor[] {
    const all = [...competitors];
    const first = all.length === 0 ? 0 : repetition % all.length;
    return [...all.slice(first), ...all.slice(0, first)];
}
