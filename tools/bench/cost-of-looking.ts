import { setTimeout as pause } from "node:timers/promises";
import type { BenchOptions } from "./bench-options.js";
import { type Arena, Competitor } from "./competitor.js";
import { contestantNamed } from "./contestants.js";
import { type Spread, spreadOf } from "./spread.js";

/** Ways to look at a pool, each of which is to cost its program next to nothing. */
export type WayOfLooking = "statistics" | "callers";

/** The same for people. */
export const waysOfLooking: Record<WayOfLooking, string> = {
    statistics: "reading statistics ten times a second",
    callers: "sampling the caller of one call in 1,000",
};

const READINGS_PER_SECOND = 10;
const CALLS_TO_A_SAMPLE = 1000;
/** Many short pairs: what else the machine does meanwhile then meets both halves alike. A run has some looks in it. */
const extents: Record<WayOfLooking, { readonly runNs: number; readonly pairs: number }> = {
    statistics: { runNs: 200e6, pairs: 80 },
    callers: { runNs: 40e6, pairs: 240 },
};
const QUICK_PAIRS = 2;
const PROBE_OPERATIONS = 300_000;
const MOST_OPERATIONS = 20_000_000;

/**
 * What it costs the program that somebody looks at its pool: pairs of runs on the game-like mix, with and without, each pair
 * in the other order than the one before.
 *
 * @returns the spread of what looking adds, as a share of the time without
 */
export async function measureCostOfLooking(
    way: WayOfLooking,
    arena: Arena,
    { seed, quick }: BenchOptions,
    isInterrupted: () => boolean,
): Promise<Spread> {
    const competitor = await Competitor.start(contestantNamed("recycle"), arena);
    try {
        const probe = await competitor.run("mix", seed, PROBE_OPERATIONS);
        const wanted = quick ? PROBE_OPERATIONS : (extents[way].runNs / probe.ns) * PROBE_OPERATIONS;
        const operations = Math.round(Math.min(wanted, MOST_OPERATIONS));
        const time = async () => (await competitor.run("mix", seed, operations)).ns;
        const costs: number[] = [];
        const pairs = quick ? QUICK_PAIRS : extents[way].pairs;
        await time(); // what the pool sets up once belongs to neither
        for (let pair = 0; pair < pairs && !isInterrupted(); pair++) {
            const lookFirst = pair % 2 === 1;
            const first = await (lookFirst ? looking[way] : notLooking[way])(competitor, time);
            const second = await (lookFirst ? notLooking[way] : looking[way])(competitor, time);
            costs.push(lookFirst ? first / second - 1 : second / first - 1);
        }
        return spreadOf(costs);
    } finally {
        await competitor.close();
    }
}

type Run = (competitor: Competitor, work: () => Promise<number>) => Promise<number>;

const looking: Record<WayOfLooking, Run> = {
    statistics: whileReading,
    callers: (competitor, work) => whileSampling(competitor, CALLS_TO_A_SAMPLE, work),
};

/** Rests as long before its work as that above. */
const notLooking: Record<WayOfLooking, Run> = {
    statistics: (_, work) => work(),
    callers: (competitor, work) => whileSampling(competitor, 0, work),
};

async function whileReading(competitor: Competitor, work: () => Promise<number>): Promise<number> {
    let isOver = false;
    const reading = (async () => {
        for (let due = performance.now(); !isOver; due += 1000 / READINGS_PER_SECOND) {
            await pause(Math.max(0, due - performance.now()));
            await competitor.statistics();
        }
    })();
    try {
        return await work();
    } finally {
        isOver = true;
        await reading;
    }
}

async function whileSampling({ session }: Competitor, oneIn: number, work: () => Promise<number>): Promise<number> {
    if (session === null) throw new Error("there is no pool whose callers could be sampled");
    await session.ask("startSampler", oneIn);
    try {
        return await work();
    } finally {
        await session.ask("startSampler", 0);
    }
}
