import { setTimeout as pause } from "node:timers/promises";
import type { BenchOptions } from "./bench-options.js";
import { type Arena, Competitor } from "./competitor.js";
import { contestantNamed } from "./contestants.js";
import { type Spread, spreadOf } from "./spread.js";

const READINGS_PER_SECOND = 10;
/** Many short pairs: what else the machine does meanwhile then meets both halves alike. */
const RUN_NS = 300e6;
const PAIRS = 24;
const QUICK_PAIRS = 2;
const PROBE_OPERATIONS = 300_000;
const MOST_OPERATIONS = 20_000_000;

/**
 * What it costs the program that somebody reads the pool's statistics ten times a second: pairs of runs on the
 * game-like mix, with and without a reader, each pair in the other order than the one before.
 *
 * @returns the spread of what the readings add, as a share of the time without them
 */
export async function measureStatisticsCost(
    arena: Arena,
    { seed, quick }: BenchOptions,
    isInterrupted: () => boolean,
): Promise<Spread> {
    const competitor = await Competitor.start(contestantNamed("recycle"), arena);
    try {
        const probe = await competitor.run("mix", seed, PROBE_OPERATIONS);
        const wanted = quick ? PROBE_OPERATIONS : (RUN_NS / probe.ns) * PROBE_OPERATIONS;
        const operations = Math.round(Math.min(wanted, MOST_OPERATIONS));
        const time = async () => (await competitor.run("mix", seed, operations)).ns;
        const costs: number[] = [];
        const pairs = quick ? QUICK_PAIRS : PAIRS;
        await time(); // what the pool sets up once belongs to neither
        for (let pair = 0; pair < pairs && !isInterrupted(); pair++) {
            const readFirst = pair % 2 === 1;
            const first = await (readFirst ? whileReading(competitor, time) : time());
            const second = await (readFirst ? time() : whileReading(competitor, time));
            costs.push(readFirst ? first / second - 1 : second / first - 1);
        }
        return spreadOf(costs);
    } finally {
        await competitor.close();
    }
}

async function whileReading(competitor: Competitor, work: () => Promise<number>): Promise<number> {
    let isOver = false;
    const reading = (async () => {
        while (!isOver) {
            await competitor.statistics();
            await pause(1000 / READINGS_PER_SECOND);
        }
    })();
    try {
        return await work();
    } finally {
        isOver = true;
        await reading;
    }
}
