import assert from "node:assert/strict";
import path from "node:path";
import { describe, it } from "node:test";

import { type BenchWords, readBenchOptions } from "../../tools/bench/bench-options.js";
import { scheduleOf } from "../../tools/bench/schedule.js";
import { run } from "./command-runner.js";

describe("options of bench", () => {
    it("measure everything five times where nothing is said", () => {
        const options = readBenchOptions({});
        assert.equal(options.seed, 1);
        assert.equal(options.repetitions, 5);
        assert.deepEqual(options.targets, ["linux-x64", "linux-i386", "win32"]);
        assert.equal(options.workloads.length, 9);
        assert.equal(options.contestants.length, 9);
    });

    it("keep our order in lists", () => {
        const options = readBenchOptions({ workloads: "mix, churn", contestants: "recycle,crt", targets: "win32" });
        assert.deepEqual(options.workloads, ["churn", "mix"]);
        assert.deepEqual(options.contestants, ["crt", "recycle"]);
        assert.deepEqual(options.targets, ["win32"]);
    });

    it("measure twice in a hurry, unless told otherwise", () => {
        assert.equal(readBenchOptions({ quick: true }).repetitions, 2);
        assert.equal(readBenchOptions({ quick: true, repetitions: "4" }).repetitions, 4);
    });

    it("take a Wine prefix from the working directory on", () => {
        assert.equal(readBenchOptions({}).winePrefix, null);
        assert.equal(readBenchOptions({ "wine-prefix": "wine" }).winePrefix, path.resolve("wine"));
    });

    const wrong: [string, string[], RegExp][] = [
        ["an unknown target", ["--targets", "win64"], /--targets names win64, but knows only linux-x64, /],
        ["an unknown workload", ["--workloads", "churn,spin"], /--workloads names spin, but/],
        ["an unknown contestant", ["--contestants", "hoard"], /--contestants names hoard, but/],
        ["an empty list", ["--targets", " "], /--targets names nothing, but/],
        ["no repetition", ["--repetitions", "0"], /whole number from 1 to 100/],
        ["a seed that is no number", ["--seed", "0x10"], /whole number from 0 to 4294967295/],
        ["an option given twice", ["--seed", "1", "--seed", "2"], /--seed was given more than once/],
    ];
    for (const [name, args, message] of wrong) {
        it(`refuse ${name}`, async () => {
            const { code, stdout, stderr } = await run(["bench", ...args]);
            assert.equal(code, 2);
            assert.equal(stdout, "");
            assert.match(stderr, message);
            assert.match(stderr, /poolnv bench --help/);
        });
    }
});

describe("schedule", () => {
    it("has each contestant only where it can say something", () => {
        const names = (words: BenchWords, workload: string) =>
            scheduleOf("win32", readBenchOptions(words))
                .find(({ workloads }) => workloads[0]?.name === workload)
                ?.contestants.map(({ name }) => name);
        const all = ["crt", "recycle", "bump", "interceptor", "floor", "mimalloc", "rpmalloc"];
        assert.deepEqual(names({}, "churn"), all);
        assert.deepEqual(names({}, "mix4"), ["crt", "recycle", "bump", "mimalloc", "rpmalloc"]);
        assert.deepEqual(names({ contestants: "floor,jemalloc" }, "churn"), ["floor"]);
    });

    it("lets the programs of the scaling figure do both parts", () => {
        const last = scheduleOf("linux-x64", readBenchOptions({})).at(-1);
        assert.deepEqual(
            last?.workloads.map(({ name }) => name),
            ["scale1", "scale2"],
        );
    });

    it("repeats what takes seconds three times at most", () => {
        const batches = scheduleOf("linux-x64", readBenchOptions({ repetitions: "9" }));
        const repetitions = (name: string) => batches.find(({ workloads }) => workloads[0]?.name === name)?.repetitions;
        assert.equal(repetitions("churn"), 9);
        assert.equal(repetitions("live5m"), 3);
    });
});
