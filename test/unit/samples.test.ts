import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import pico from "picocolors";
import { MemoryPool } from "../../host/client/memory-pool.js";
import { UserError } from "../../host/errors.js";
import { blocksBySize } from "../../host/monitor/plots/blocks-by-size.js";
import { callsOverTime } from "../../host/monitor/plots/calls-over-time.js";
import { memoryOverTime } from "../../host/monitor/plots/memory-over-time.js";
import { SampleHistory } from "../../host/monitor/sample-history.js";
import { ratesBetween, type Sample } from "../../host/monitor/sample.js";
import { samples, type SamplingEnd, type SamplingOptions } from "../../host/monitor/sampler.js";
import { sampleLine } from "../../host/monitor/outputs/line-output.js";
import { render } from "../../host/monitor/outputs/render-view.js";
import { sparkline } from "../../host/monitor/outputs/sparkline.js";
import { FakeSession, statistics } from "./fake-session.js";

/** All samples, and why there were no more. */
async function collect(session: FakeSession, options: SamplingOptions): Promise<{ taken: Sample[]; end: SamplingEnd }> {
    const taking = samples(new MemoryPool(session), options);
    const taken: Sample[] = [];
    for (;;) {
        const next = await taking.next();
        if (next.done === true) return { taken, end: next.value };
        taken.push(next.value);
    }
}

/** Unlike the timeout of an AbortSignal, this one keeps the process alive. */
function stopAfter(milliseconds: number): AbortSignal {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), milliseconds);
    return stop.signal;
}

const sampleAt = (elapsed: number, changes: Partial<Sample["statistics"]> = {}): Sample => ({
    time: Date.UTC(2026, 0, 1) + elapsed * 1000,
    elapsed,
    statistics: { ...statistics, ...changes },
    rates: elapsed === 0 ? null : { allocs: 10, frees: 9, reallocs: 1, fallbacks: 0 },
});

describe("samples", () => {
    it("samples are as many as requested, with rates from the second on", async () => {
        const session = new FakeSession();
        let pool_allocs = 0;
        session.statistics = async () => ({ ...statistics, pool_allocs: (pool_allocs += 100) });
        const { taken, end } = await collect(session, { count: 3, intervalMs: 20 });
        assert.equal(end, "enough");
        assert.equal(taken[0]!.elapsed, 0);
        assert.equal(taken[0]!.rates, null);
        for (const [index, { rates, elapsed }] of taken.slice(1).entries())
            assert.equal(Math.round(rates!.allocs * (elapsed - taken[index]!.elapsed)), 100);
    });

    it("samples stop on abort even while the program does not answer", async () => {
        const session = new FakeSession();
        session.statistics = () => new Promise(() => {});
        assert.equal((await collect(session, { signal: stopAfter(30) })).end, "stopped");
        assert.equal((await collect(new FakeSession(), { signal: AbortSignal.abort() })).end, "stopped");
    });

    it("samples end with the program", async () => {
        const quiet = new FakeSession();
        setTimeout(() => quiet.die("the program has ended"), 30);
        assert.equal((await collect(quiet, { intervalMs: 60_000 })).end, "gone");
        const asked = new FakeSession();
        asked.statistics = () =>
            Promise.reject(new UserError("TARGET_GONE", "the program has ended", "Start it again."));
        assert.equal((await collect(asked, {})).end, "gone");
    });

    it("samples skip late readings and reject on any other failure", async () => {
        const session = new FakeSession();
        let asked = 0;
        session.statistics = async () => {
            asked++;
            await pause(50);
            return statistics;
        };
        await collect(session, { intervalMs: 20, signal: stopAfter(400) });
        assert.ok(asked <= 8, `${asked} readings in 400 ms, each of 50 ms`);
        session.statistics = () => Promise.reject(new Error("broken"));
        await assert.rejects(collect(session, {}), /broken/);
    });

    it("sample rates are never negative", () => {
        const later = {
            ...statistics,
            pool_allocs: statistics.pool_allocs - 5,
            total_frees: statistics.total_frees + 50,
        };
        assert.deepEqual(ratesBetween(statistics, later, 0.5), { allocs: 0, frees: 100, reallocs: 0, fallbacks: 0 });
    });

    it("a sample history of fixed size covers the whole time in equal steps", () => {
        const history = new SampleHistory(10);
        for (let second = 0; second < 1000; second++) history.add(sampleAt(second));
        const kept = history.samples.map(({ elapsed }) => elapsed);
        assert.ok(kept.length >= 5 && kept.length <= 10);
        assert.equal(kept[0], 0);
        assert.ok(kept.at(-1)! > 850);
        assert.equal(new Set(kept.slice(1).map((value, index) => value - kept[index]!)).size, 1);
    });
});

describe("the live view", () => {
    const plain = pico.createColors(false);
    const facts = new FakeSession().facts;

    it("the live view fits the terminal's width from 40 columns on", () => {
        const busy = sampleAt(1, {
            pool_allocs: 123_456_789_012,
            address_space: {
                total: 4_294_836_224,
                free: 851_915_571,
                largest_hole: 132_120_576,
                is_lower_bound: false,
            },
        });
        const named = { ...facts, program: `C:\\${"long\\".repeat(40)}\x1b[2JFalloutNV.exe` };
        for (const width of [39, 60, 79, 200]) {
            const lines = render([sampleAt(0), busy], named, width, plain);
            assert.ok(Math.max(...lines.map((line) => [...line].length)) <= width, lines.join("\n"));
            assert.ok(lines[0]!.includes("FalloutNV.exe (pid 4711)"));
            assert.doesNotMatch(lines.join(""), /\x1b/); // eslint-disable-line no-control-regex
            assert.match(lines.join("\n"), /used +487\.23 of 1536\.00 MB/);
            assert.match(lines.join("\n"), /addresses +812\.45 of 4095\.88 MB\n +hole +126\.00 MB/);
        }
    });

    it("the live view shows that the pool is off, and the largest size classes", () => {
        const text = render([sampleAt(0, { active: 0 })], facts, 60, plain).join("\n");
        assert.match(text, /not active: new allocations go elsewhere/);
        assert.match(text, /<= 1 KB +0\.04 MB #+\n<= 16 B +0\.00 MB #/);
        assert.doesNotMatch(text, /addresses/);
    });

    it("the live view shows the limit of a pool in segments as its size", () => {
        const grown = { pool_size: 64 * 1_048_576, pool_limit: 1024 * 1_048_576, current_used: 32 * 1_048_576 };
        for (const changes of [grown, { ...grown, pool_size: 0, committed: 0, current_used: 0, peak_used: 0 }]) {
            const text = render([sampleAt(0, changes)], facts, 60, plain).join("\n");
            assert.doesNotMatch(text, /NaN|Infinity/);
            const used = changes.current_used / 1_048_576;
            assert.ok(text.includes(`${used.toFixed(2)} of 1024.00 MB`), text);
            assert.ok(text.includes(`${(used / 10.24).toFixed(1)} %`), text);
            assert.match(text, /reserved +(64|0)\.00 MB/);
            assert.match(sampleLine(sampleAt(0, changes)), /used \d+\.00 of 1024\.00 MB/);
        }
        assert.doesNotMatch(render([sampleAt(0)], facts, 60, plain).join("\n"), /reserved/);
        const nothing = render([sampleAt(0, { pool_size: 0, pool_limit: 0, current_used: 0 })], facts, 60, plain);
        assert.doesNotMatch(nothing.join("\n"), /NaN|Infinity/);
    });

    it("a sparkline is scaled from the lowest to the highest value", () => {
        assert.equal(sparkline([0, 50, 100]), "▁▅█");
        assert.equal(sparkline([7, 7]), "▁▁");
    });
});

describe("plots", () => {
    it("plots consist of JSON only", () => {
        const taken = [sampleAt(0), sampleAt(1)];
        for (const plot of [memoryOverTime(taken), callsOverTime(taken), blocksBySize(statistics.histogram)])
            assert.deepEqual(JSON.parse(JSON.stringify(plot)), plot);
    });

    it("plots show the largest hole only if it is known", () => {
        const names = (taken: Sample[]) =>
            (memoryOverTime(taken)["series"] as { name: string }[]).map(({ name }) => name);
        assert.deepEqual(names([sampleAt(0)]), ["used", "peak", "committed"]);
        const space = { total: 4_294_836_224, free: 851_915_571, largest_hole: 132_120_576, is_lower_bound: false };
        assert.deepEqual(names([sampleAt(0), sampleAt(1, { address_space: space })]).at(-1), "largest hole");
    });
});
