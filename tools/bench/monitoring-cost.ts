import { setTimeout as pause } from "node:timers/promises";
import { allocatorNamed } from "./allocators.js";
import type { BenchOptions } from "./bench-options.js";
import { type Spread, spreadOf } from "./spread.js";
import { Subject, type Workbench } from "./subject.js";

/** Ways to monitor a pool whose cost to the program is measured. */
export type Monitoring = "statistics" | "callers";

/** Their titles in tables. */
export const monitorings: Record<Monitoring, string> = {
    statistics: "reading statistics ten times a second",
    callers: "sampling the caller of one call in 1,000",
};

const readingsPerSecond = 10;
const sampleInterval = 1000;
/** Many short pairs, so that other load hits both halves alike. Each run contains several readings. */
const extents: Record<Monitoring, { readonly runNs: number; readonly pairs: number }> = {
    statistics: { runNs: 200e6, pairs: 80 },
    callers: { runNs: 40e6, pairs: 240 },
};
const quickPairs = 2;
const probeOperations = 300_000;
const maxOperations = 20_000_000;

/**
 * The cost of monitoring to the program: pairs of runs on the game-like mix, with and without; each pair in the opposite
 * order of the one before.
 *
 * @returns the spread of the added time, as a share of the time without
 */
export async function measureMonitoringCost(
    monitoring: Monitoring,
    workbench: Workbench,
    { seed, quick }: BenchOptions,
    isInterrupted: () => boolean,
): Promise<Spread> {
    const subject = await Subject.start(allocatorNamed("recycle"), workbench);
    try {
        const probe = await subject.run("mix", seed, probeOperations);
        const wanted = quick ? probeOperations : (extents[monitoring].runNs / probe.ns) * probeOperations;
        const operations = Math.round(Math.min(wanted, maxOperations));
        const time = async () => (await subject.run("mix", seed, operations)).ns;
        const costs: number[] = [];
        const pairs = quick ? quickPairs : extents[monitoring].pairs;
        await time(); // one-time set-up of the pool belongs to neither
        for (let pair = 0; pair < pairs && !isInterrupted(); pair++) {
            const monitoredFirst = pair % 2 === 1;
            const first = await (monitoredFirst ? monitored[monitoring] : unmonitored[monitoring])(subject, time);
            const second = await (monitoredFirst ? unmonitored[monitoring] : monitored[monitoring])(subject, time);
            costs.push(monitoredFirst ? first / second - 1 : second / first - 1);
        }
        return spreadOf(costs);
    } finally {
        await subject.close();
    }
}

type Run = (subject: Subject, work: () => Promise<number>) => Promise<number>;

const monitored: Record<Monitoring, Run> = {
    statistics: whileReading,
    callers: (subject, work) => whileSampling(subject, sampleInterval, work),
};

/** With the same rests as the monitored runs. */
const unmonitored: Record<Monitoring, Run> = {
    statistics: (_, work) => work(),
    callers: (subject, work) => whileSampling(subject, 0, work),
};

async function whileReading(subject: Subject, work: () => Promise<number>): Promise<number> {
    let isOver = false;
    const reading = (async () => {
        for (let due = performance.now(); !isOver; due += 1000 / readingsPerSecond) {
            await pause(Math.max(0, due - performance.now()));
            await subject.statistics();
        }
    })();
    try {
        return await work();
    } finally {
        isOver = true;
        await reading;
    }
}

async function whileSampling({ session }: Subject, interval: number, work: () => Promise<number>): Promise<number> {
    if (session === null) throw new Error("there is no pool whose callers could be sampled");
    await session.ask("startSampler", interval);
    try {
        return await work();
    } finally {
        await session.ask("startSampler", 0);
    }
}
