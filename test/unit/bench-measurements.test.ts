import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TimeLeft } from "../../host/text/time-left.js";
import type { AllocatorName } from "../../tools/bench/allocators.js";
import { evaluateFigures, isReached } from "../../tools/bench/figures.js";
import { Measurements } from "../../tools/bench/measurements.js";
import type { RunAnswer } from "../../tools/bench/run-answer.js";
import { median, spreadOf } from "../../tools/bench/spread.js";
import { comparedWorkloads, type WorkloadName } from "../../tools/bench/workloads.js";

describe("spread", () => {
    it("takes the value in the middle, in whatever order they came", () => {
        assert.equal(median([5, 1, 3]), 3);
        assert.deepEqual(spreadOf([9, 2, 4]), { median: 4, min: 2, max: 9, count: 3 });
    });

    it("takes the mean of the two in the middle", () => assert.equal(median([4, 1, 2, 10]), 3));

    it("has nothing to say of nothing", () => assert.throws(() => spreadOf([])));
});

describe("measurements", () => {
    it("count wall time for as many threads as can really run", () => {
        const twoCores = new Measurements(2);
        twoCores.add(trial("mix4", "crt"), answer({ ns: 1000, operations: 100, threads: 4 }));
        assert.equal(twoCores.time("win32", "mix4", "crt"), 20);
        const eightCores = new Measurements(8);
        eightCores.add(trial("mix4", "crt"), answer({ ns: 1000, operations: 100, threads: 4 }));
        assert.equal(eightCores.time("win32", "mix4", "crt"), 40);
    });

    it("know the fastest of the other allocators", () => {
        const all = new Measurements(2);
        all.add(trial("churn", "crt"), answer({ ns: 1 }));
        all.add(trial("churn", "mimalloc"), answer({ ns: 900 }));
        all.add(trial("churn", "rpmalloc"), answer({ ns: 800 }));
        assert.equal(all.bestPeer("win32", "churn")?.allocator, "rpmalloc");
        assert.equal(all.bestPeer("win32", "mix"), null);
    });

    it("keep the highest memory of any repetition, and of the pool itself", () => {
        const all = new Measurements(2);
        all.add(trial("mix", "recycle"), answer({ peak_bytes: 100 }));
        all.add(trial("mix", "recycle"), answer({ peak_bytes: 300 }));
        assert.equal(all.result("win32", "mix", "recycle")?.peakBytes, 300);
        all.addPool(trial("mix", "recycle"), { fallbacks: 3, committedBytes: 400 });
        all.addPool(trial("mix", "recycle"), { fallbacks: 4, committedBytes: 200 });
        assert.equal(all.result("win32", "mix", "recycle")?.peakBytes, 400);
        assert.equal(all.result("win32", "mix", "recycle")?.fallbacks, 7);
    });
});

describe("figures", () => {
    it("compare as they say", () => {
        assert.ok(isReached(15, { comparison: "at least", value: 15, unit: "times" }));
        assert.ok(!isReached(14.9, { comparison: "at least", value: 15, unit: "times" }));
        assert.ok(isReached(3, { comparison: "at most", value: 3, unit: "times" }));
        assert.ok(!isReached(1, { comparison: "less than", value: 1, unit: "times" }));
    });

    it("are reached, missed or not measured", () => {
        const all = new Measurements(2);
        all.add(trial("churn", "crt"), answer({ ns: 1800 }));
        all.add(trial("churn", "recycle"), answer({ ns: 100 }));
        all.add(trial("churn", "mimalloc"), answer({ ns: 90 }));
        const figures = evaluateFigures(all, ["win32"]);
        const named = (name: RegExp) => figures.find((figure) => name.test(figure.name));
        assert.deepEqual(verdict(named(/^churn: times as fast as the CRT/)), [18, true]);
        assert.deepEqual(verdict(named(/^churn: time against the best/)), [100 / 90, false]);
        assert.deepEqual(verdict(named(/^growth: times as fast/)), [null, null]);
    });

    it("count the workloads on which the pool is as fast as the best other, once all are measured", () => {
        const all = new Measurements(2);
        const counted = () => evaluateFigures(all, ["win32"]).find(({ name }) => name.includes("how many at most"));
        for (const [index, { name }] of comparedWorkloads.entries()) {
            assert.deepEqual(verdict(counted()), [null, null]);
            all.add(trial(name, "recycle"), answer({ ns: index < 4 ? 100 : 101 }));
            all.add(trial(name, "mimalloc"), answer({ ns: 200 }));
            all.add(trial(name, "rpmalloc"), answer({ ns: 100 }));
        }
        assert.deepEqual(verdict(counted()), [4, false]);
        all.add(trial("live5m", "rpmalloc"), answer({ ns: 102 }));
        assert.deepEqual(verdict(counted()), [5, true]);
    });

    it("hold two threads against one by throughput", () => {
        const all = new Measurements(2);
        all.add(trial("scale1", "recycle"), answer({ ns: 1000, operations: 100, threads: 1 }));
        all.add(trial("scale2", "recycle"), answer({ ns: 500, operations: 100, threads: 2 }));
        const scaling = evaluateFigures(all, ["win32"]).find(({ name }) => name.includes("two threads"));
        assert.deepEqual(verdict(scaling), [2, true]);
    });

    it("are those of the targets that were asked for, each workload among them", () => {
        const figures = evaluateFigures(new Measurements(2), ["linux-x64"]);
        assert.ok(figures.every(({ target, reached }) => target === "linux-x64" && reached === null));
        for (const workload of comparedWorkloads) {
            assert.ok(figures.some(({ name }) => name.startsWith(`${workload.name}: time against glibc`)));
        }
    });
});

describe("time left", () => {
    it("time left: shown once enough is known", () => {
        let now = 0;
        const left = new TimeLeft(100, () => now);
        assert.equal(left.toString(), "");
        now = 10_000;
        left.finish(50);
        assert.equal(left.toString(), "about 10 s left");
        now = 600_000;
        assert.equal(left.toString(), "about 10 min left");
    });
});

function trial(workload: WorkloadName, allocator: AllocatorName) {
    return { target: "win32" as const, workload, allocator };
}

function answer(given: Partial<RunAnswer>): RunAnswer {
    const usual = { operations: 1, ns: 1, threads: 1, live_bytes: 1, live_blocks: 1, committed_bytes: 1 };
    return { ...usual, peak_bytes: 1, handed_over: 0, faults: 0, ...given };
}

function verdict(figure: { measured: number | null; reached: boolean | null } | undefined) {
    return [figure?.measured, figure?.reached];
}
