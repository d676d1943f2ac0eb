import { attach } from "../../../host/client/open.js";
import type { PoolClient } from "../../../host/client/pool-client.js";
import type { PoolStatistics } from "../../../shared/pool-statistics.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { expectedCounters } from "../../programs/install/expected-counters.js";
import type { Tally } from "../tally.js";
import { onPrograms, type ProgramTask } from "../trial.js";
import { eachVictim } from "../victims.js";

/** How often the host reads the counters, besides the beginning and the end. */
const readings = 50;

/**
 * What a session may commit more in its second half than in its first, in bytes: what lives at a time is up to chance,
 * and what is committed is the most that ever lived. The same for any length, so that a long one proves more.
 */
const tolerance = 3 * 1_048_576;

/** Calls that Frida's own threads may make in the program during a session: a dozen were seen, after ten seconds. */
const agentCalls = 500;

/** Billions of calls with a bounded live set: what a game does in an hour and more. */
export const longSession = onPrograms({
    name: "long-session",
    what: "calls of one long session",
    count: (program) => ({ short: program.startsWith("win32") ? 6_000_000 : 10_000_000, full: 2_000_000_000 }),
    async run(task, tally) {
        await eachVictim({ ...task, count: 1 }, tally, (victim) => run(victim, task, tally), 0);
    },
});

async function run(victim: Victim, task: ProgramTask, tally: Tally): Promise<void> {
    await victim.order("work 1 100 8"); // every thread once: runtimes keep a block for each
    const session = await attach(victim.processName);
    try {
        await runUnder(session, victim, task, tally);
    } finally {
        await session.close();
    }
}

async function runUnder(session: PoolClient, victim: Victim, task: ProgramTask, tally: Tally): Promise<void> {
    const start = await session.statistics();
    const committed: number[] = [];
    const began = performance.now();
    let milliseconds = 0;
    let operations = 0;
    for (let reading = 1; reading <= readings && !task.stopping(); reading++) {
        const due = Math.round((task.count * reading) / readings);
        const partBegan = performance.now();
        const made = await amid(session, victim.numbers(`session ${task.seed} ${due - operations}`), tally);
        milliseconds += performance.now() - partBegan;
        tally.contents(made["corruptions"], `after ${made["operations"]} calls`);
        const now = await session.statistics();
        expectCounted(start, now, made, tally);
        committed.push(now.committed);
        tally.done(Math.min(made["operations"]!, task.count) - Math.min(operations, task.count));
        operations = made["operations"]!;
    }
    expectLevel(committed, tally);
    const left = await victim.numbers("leave");
    tally.contents(left["corruptions"], "at the end");
    const end = await session.statistics();
    expectCounted(start, end, left, tally);
    tally.expect(end.current_used === start.current_used, `${end.current_used} bytes in use at the end`);
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    tally.remarks.push(
        `committed ${megabytes(committed[Math.floor(readings / 4)])} after a quarter, ` +
            `${megabytes(committed[Math.floor(readings / 2)])} after half, ${megabytes(committed.at(-1))} at the end; ` +
            `${(operations / milliseconds / 1000).toFixed(1)} million calls a second, ${seconds} s in all`,
    );
}

/** Reads the counters while the program runs: they may lag, but must be consistent. */
async function amid<Result>(session: PoolClient, running: Promise<Result>, tally: Tally): Promise<Result> {
    const [made, now] = await Promise.all([running, session.statistics()]);
    tally.expect(now.current_used <= now.committed, `${now.current_used} of ${now.committed} committed bytes in use`);
    expectSound(now, tally);
    return made;
}

/** At rest the counters are exact, but for calls of Frida's threads. */
function expectCounted(start: PoolStatistics, now: PoolStatistics, made: Record<string, number>, tally: Tally): void {
    const when = `after ${made["operations"]} calls`;
    const { pool_allocs, total_frees, reallocs, foreign_frees, pool_frees_ignored } = expectedCounters("recycle", made);
    const expected = { pool_allocs, total_frees, reallocs, foreign_frees, pool_frees_ignored };
    for (const [name, value] of Object.entries(expected)) {
        const counter = name as keyof typeof expected;
        const grown = now[counter] - start[counter];
        const most = counter === "pool_frees_ignored" ? value : value + agentCalls;
        tally.expect(grown >= value && grown <= most, `${when}: ${counter} grew by ${grown} instead of ${value}`);
    }
    const live = made["mallocs"]! + made["callocs"]! - made["frees"]!;
    const [liveRows, totalRows] = [sum(now, "live") - sum(start, "live"), sum(now, "total") - sum(start, "total")];
    tally.expect(liveRows === live, `${when}: the histogram has ${liveRows} live blocks instead of ${live}`);
    // A large block that changes its row where it stands is counted in both.
    tally.expect(
        totalRows >= pool_allocs && totalRows <= pool_allocs + agentCalls + reallocs - made["moved"]!,
        `${when}: the histogram has ${totalRows} blocks in all, and ${pool_allocs} were served`,
    );
    expectSound(now, tally);
}

function expectSound({ corrupt_headers, double_frees, fallback_allocs }: PoolStatistics, tally: Tally): void {
    const never = { corrupt_headers, double_frees, fallback_allocs };
    for (const [counter, value] of Object.entries(never)) tally.expect(value === 0, `${counter}: ${value}`);
}

function sum({ histogram }: PoolStatistics, column: "live" | "total"): number {
    return histogram.reduce((rows, row) => rows + row[column], 0);
}

function expectLevel(committed: readonly number[], tally: Tally): void {
    const [first, second] = [committed.slice(0, readings / 2), committed.slice(readings / 2)].map((half) =>
        Math.max(...half),
    );
    const grew = `committed memory grew in the second half: ${megabytes(first)} before, ${megabytes(second)} in it`;
    tally.expect(committed.length < readings || second! <= first! + tolerance, grew);
}

function megabytes(bytes: number | undefined): string {
    return `${((bytes ?? NaN) / 1_048_576).toFixed(1)} MB`;
}
