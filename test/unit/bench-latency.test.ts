import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AllocatorName } from "../../tools/bench/allocators.js";
import { evaluateFigures } from "../../tools/bench/figures.js";
import { Measurements } from "../../tools/bench/measurements.js";
import { latencyGrids } from "../../tools/bench/output/latency-grid.js";
import { whyNoCounter } from "../../tools/bench/prepare-targets.js";
import type { BenchReport } from "../../tools/bench/report.js";
import type { CallLatency } from "../../tools/bench/run-answer.js";

/** The generator of the documents is no part of the compiled tree. */
const generator = new URL("../../../tools/documents/figures.mjs", import.meta.url).href;
const { latencySectionOf } = (await import(generator)) as { latencySectionOf: (latencies: object[]) => string };

describe("latency in the benchmark", () => {
    it("bench latency: each figure is the median of the repetitions", () => {
        const all = measured({ recycle: [10, 90, 20] });
        assert.deepEqual(all.latencies.result("win32", "latency4", "recycle")?.malloc, calls(20));
        assert.equal(all.latencies.result("win32", "latency4", "recycle")?.repetitions, 3);
        assert.deepEqual(all.results(), [], "a latency is not a time per operation");
    });

    it("bench latency: the pool is held against the lowest of the other allocators, in each figure by itself", () => {
        const all = measured({ recycle: [30], crt: [1], mimalloc: [40], rpmalloc: [20] });
        const figures = evaluateFigures(all, ["win32"]).filter(({ name }) => name.startsWith("latency4: "));
        assert.deepEqual(
            figures.map(({ name, measured, reached }) => [name, measured, reached]),
            [
                ["latency4: p99.99 of malloc against the best other's", 1.5, false],
                ["latency4: longest malloc against the best other's", 1.5, false],
                ["latency4: p99.99 of free against the best other's", 1.5, false],
                ["latency4: longest free against the best other's", 1.5, false],
            ],
        );
    });

    it("bench latency: the table has a row for each allocator and marks a pool that ran dry", () => {
        const all = measured({ crt: [100], bump: [5] });
        const trial = { target: "win32", workload: "latency4", allocator: "bump" } as const;
        all.addPool(trial, { fallbacks: 1, committedBytes: 0 });
        const [grid, ...others] = latencyGrids({ measurements: all } as BenchReport, "win32");
        assert.deepEqual(others, []);
        assert.deepEqual(grid?.rows, [
            ["game-like mix, 4 threads", "CRT", ...Array<string>(8).fill("100")],
            ["game-like mix, 4 threads", "poolnv bump*", ...Array<string>(8).fill("5")],
        ]);
        assert.equal(grid.head.length, 10);
        assert.deepEqual(latencyGrids({ measurements: all } as BenchReport, "linux-x64"), []);
    });

    it("bench latency: the documents get a table from what --json prints", () => {
        const stored = { target: "win32", workload: "latency1", malloc: calls(7), free: calls(9) };
        const section = latencySectionOf([{ ...stored, allocator: "bump", fallback_allocs: 3 }]);
        assert.match(section, /^## Latency\n/);
        assert.match(
            section,
            /### Win32 under Wine: latency\n\n\| workload \| allocator \| malloc p99 \| malloc p99\.9 /,
        );
        const cells = String.raw`| game-like mix | poolnv bump\* | 7 | 7 | 7 | 7 | 9 | 9 | 9 | 9 |`;
        assert.ok(section.includes(cells), section);
        assert.doesNotMatch(section, /### Linux/);
    });

    it("bench latency: a processor without a counter of constant rate is named as the reason", () => {
        assert.equal(whyNoCounter("flags\t\t: fpu constant_tsc rdtscp nonstop_tsc sse2\n"), null);
        const obstacle = whyNoCounter("flags\t\t: fpu constant_tsc sse2\n");
        assert.match(obstacle?.reason ?? "", /\(nonstop_tsc, rdtscp in \/proc\/cpuinfo\)/);
        assert.notEqual(whyNoCounter(""), null);
    });
});

/** Repetitions of `latency4` under Windows, in each of which all figures have the same value. */
function measured(values: Partial<Record<AllocatorName, number[]>>): Measurements {
    const all = new Measurements(2);
    for (const [allocator, repetitions] of Object.entries(values) as [AllocatorName, number[]][]) {
        for (const value of repetitions) {
            const answer = { malloc: calls(value), free: calls(value), faults: 0 };
            all.latencies.add({ target: "win32", workload: "latency4", allocator }, answer);
        }
    }
    return all;
}

function calls(value: number): CallLatency {
    return { calls: 1000, p99: value, p99_9: value, p99_99: value, longest: value };
}
