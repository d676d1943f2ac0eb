import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { ProgramEnded } from "../../host/client/program-ended.js";
import { ratesBetween, type Sample, SampleHistory } from "../../host/monitor/sample.js";
import { samples, type SamplingEnd, type SamplingOptions } from "../../host/monitor/sampler.js";
import { fakeClient, FakeTransport, snapshotOf, statistics } from "./fake-transport.js";
import { sampleAt } from "./sample-at.js";

/** All samples, and why sampling ended. */
async function collect(
    transport: FakeTransport,
    options: SamplingOptions,
): Promise<{ taken: Sample[]; end: SamplingEnd }> {
    const taking = samples(fakeClient(transport), options);
    const taken: Sample[] = [];
    for (;;) {
        const next = await taking.next();
        if (next.done === true) return { taken, end: next.value };
        taken.push(next.value);
    }
}

/** Unlike AbortSignal.timeout, this keeps the process alive. */
function stopAfter(milliseconds: number): AbortSignal {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), milliseconds);
    return stop.signal;
}

/** Node's timers may fire up to a millisecond early. */
const timerToleranceMs = 2;

describe("samples", () => {
    it("samples are as many as requested, with rates from the second on", async () => {
        const transport = new FakeTransport();
        let pool_allocs = 0;
        transport.answers.snapshot = () => snapshotOf({ ...statistics, pool_allocs: (pool_allocs += 100) });
        const { taken, end } = await collect(transport, { count: 3, intervalMs: 20 });
        assert.equal(end, "enough");
        assert.equal(taken[0]!.elapsed, 0);
        assert.equal(taken[0]!.rates, null);
        for (const [index, { rates, elapsed }] of taken.slice(1).entries()) {
            assert.equal(Math.round(rates!.allocs * (elapsed - taken[index]!.elapsed)), 100);
        }
    });

    it("samples stop at once when aborted, even if the program does not answer", async () => {
        const transport = new FakeTransport();
        transport.answers.snapshot = () => new Promise(() => {});
        assert.equal((await collect(transport, { signal: stopAfter(30) })).end, "stopped");
        assert.equal((await collect(new FakeTransport(), { signal: AbortSignal.abort() })).end, "stopped");
    });

    it("samples end with the program, during a reading and between two", async () => {
        const quiet = new FakeTransport();
        setTimeout(() => quiet.end("process-terminated"), 30);
        assert.equal((await collect(quiet, { intervalMs: 60_000 })).end, "gone");
        const asked = new FakeTransport();
        asked.answers.snapshot = () => Promise.reject(new ProgramEnded());
        assert.equal((await collect(asked, {})).end, "gone");
    });

    it("samples that become due while one is being taken are skipped", async () => {
        const transport = new FakeTransport();
        const started: number[] = [];
        transport.answers.snapshot = async () => {
            started.push(performance.now());
            if (started.length === 1) await pause(250);
            return snapshotOf(statistics);
        };
        const begin = performance.now();
        await collect(transport, { intervalMs: 100, count: 5 });
        // Due every 100 ms. The samples of 100 and 200 ms become due during the first one, which takes 250 ms.
        const due = [0, 300, 400, 500, 600];
        const times = started.map((at) => at - begin);
        assert.equal(times.length, due.length);
        for (const [index, time] of times.entries()) {
            assert.ok(time >= due[index]! - timerToleranceMs, `started at ${times.map(Math.round).join(", ")} ms`);
        }
    });

    it("samples stay on multiples of the interval, however long each takes", async () => {
        const transport = new FakeTransport();
        let readings = 0;
        transport.answers.snapshot = async () => {
            readings++;
            await pause(30);
            return snapshotOf(statistics);
        };
        const begin = performance.now();
        await collect(transport, { intervalMs: 50, count: 8 });
        const passed = performance.now() - begin;
        assert.equal(readings, 8);
        assert.ok(passed >= 7 * 50 + 30 - timerToleranceMs, `8 samples in ${passed} ms, one due every 50 ms`);
    });

    it("samples() throws any error but the end of the program", async () => {
        const transport = new FakeTransport();
        transport.answers.snapshot = () => Promise.reject(new Error("broken"));
        await assert.rejects(collect(transport, {}), /broken/);
    });

    it("rates are never negative, though counters may be behind", () => {
        const later = {
            ...statistics,
            pool_allocs: statistics.pool_allocs - 5,
            total_frees: statistics.total_frees + 50,
        };
        assert.deepEqual(ratesBetween(statistics, later, 0.5), { allocs: 0, frees: 100, reallocs: 0, fallbacks: 0 });
    });

    it("a sample history is bounded, and covers the whole time in equal steps", () => {
        const history = new SampleHistory(10);
        for (let second = 0; second < 1000; second++) history.add(sampleAt(second));
        const retained = history.samples.map(({ elapsed }) => elapsed);
        assert.ok(retained.length >= 5 && retained.length <= 10);
        assert.equal(retained[0], 0);
        assert.ok(retained.at(-1)! > 850);
        assert.equal(new Set(retained.slice(1).map((value, index) => value - retained[index]!)).size, 1);
    });
});
