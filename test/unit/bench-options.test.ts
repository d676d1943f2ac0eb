import assert from "node:assert/strict";
import path from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { parseBenchOptions, runBenchCommand } from "../../tools/bench/bench-command.js";
import { scheduleOf } from "../../tools/bench/schedule.js";

describe("options of npm run bench", () => {
    it("bench options: without any, everything is measured five times with seed 1", async () => {
        const options = await parseBenchOptions([]);
        assert.equal(options.seed, 1);
        assert.equal(options.repetitions, 5);
        assert.deepEqual(options.platforms, ["linux-x64", "linux-i386", "win32"]);
        assert.equal(options.workloads.length, 12);
        assert.equal(options.allocators.length, 8);
        assert.equal(options.winePrefix, null);
    });

    it("bench options: lists keep the program's order", async () => {
        const lists = ["--workloads", "mix, churn", "--allocators", "recycle,crt", "--platforms", "win32"];
        const options = await parseBenchOptions(lists);
        assert.deepEqual(options.workloads, ["churn", "mix"]);
        assert.deepEqual(options.allocators, ["crt", "recycle"]);
        assert.deepEqual(options.platforms, ["win32"]);
    });

    it("bench options: --quick measures twice, unless --repetitions says otherwise", async () => {
        assert.equal((await parseBenchOptions(["--quick"])).repetitions, 2);
        assert.equal((await parseBenchOptions(["--quick", "--repetitions", "4"])).repetitions, 4);
    });

    it("bench options: a relative Wine prefix is resolved against the working directory", async () => {
        assert.equal((await parseBenchOptions(["--wine-prefix", "wine"])).winePrefix, path.resolve("wine"));
    });

    const wrong: [string, string[], RegExp][] = [
        ["an unknown platform", ["--platforms", "win64"], /--platforms names win64, but knows only linux-x64, /],
        ["an unknown workload", ["--workloads", "churn,spin"], /--workloads names spin, but/],
        ["an unknown allocator", ["--allocators", "hoard"], /--allocators names hoard, but/],
        ["an empty list", ["--platforms", " "], /--platforms names nothing, but/],
        ["no repetition", ["--repetitions", "0"], /whole number from 1 to 100/],
        ["an unknown option", ["--peers", "crt"], /Unknown argument: peers/],
        ["a seed that is no number", ["--seed", "0x10"], /whole number from 0 to 4294967295/],
        ["an option given twice", ["--seed", "1", "--seed", "2"], /--seed was given more than once/],
    ];
    for (const [name, args, message] of wrong) {
        it(`bench options: ${name} is refused with exit code 2`, async () => {
            const { code, stdout, stderr } = await bench(args);
            assert.equal(code, 2);
            assert.equal(stdout, "");
            assert.match(stderr, message);
            assert.match(stderr, /npm run bench -- --help/);
        });
    }

    it("bench options: --help lists every option and measures nothing", async () => {
        const { code, stdout } = await bench(["--help"]);
        assert.equal(code, 0);
        for (const option of ["seed", "platforms", "workloads", "allocators", "repetitions", "quick", "svg", "json"]) {
            assert.match(stdout, new RegExp(`--${option}\\b`));
        }
    });
});

describe("schedule of npm run bench", () => {
    it("bench schedule: an allocator is left out of workloads on which it says nothing", async () => {
        const names = async (args: string[], workload: string) =>
            scheduleOf("win32", await parseBenchOptions(args))
                .find(({ workloads }) => workloads[0]?.name === workload)
                ?.allocators.map(({ name }) => name);
        const all = ["crt", "recycle", "bump", "baseline", "mimalloc", "rpmalloc"];
        assert.deepEqual(await names([], "churn"), all);
        assert.deepEqual(await names([], "mix4"), ["crt", "recycle", "bump", "mimalloc", "rpmalloc"]);
        assert.deepEqual(await names(["--allocators", "baseline,jemalloc"], "churn"), ["baseline"]);
    });

    it("bench schedule: latency is measured in processes of its own, of every allocator on which it says something", async () => {
        const batches = scheduleOf("win32", await parseBenchOptions([])).filter(({ workloads }) =>
            workloads.some(({ latencyOf }) => latencyOf !== null),
        );
        const measured = batches.map(({ workloads, allocators }) => [
            ...workloads.map(({ name }) => name),
            ...allocators.map(({ name }) => name),
        ]);
        assert.deepEqual(measured, [
            ["latencychurn", "crt", "recycle", "bump", "baseline", "mimalloc", "rpmalloc"],
            ["latency1", "crt", "recycle", "bump", "baseline", "mimalloc", "rpmalloc"],
            ["latency4", "crt", "recycle", "bump", "mimalloc", "rpmalloc"],
        ]);
    });

    it("bench schedule: both parts of the scaling figure run in the same processes", async () => {
        const last = scheduleOf("linux-x64", await parseBenchOptions([])).at(-1);
        assert.deepEqual(
            last?.workloads.map(({ name }) => name),
            ["scale1", "scale2"],
        );
    });

    it("bench schedule: a workload of seconds is repeated three times at most", async () => {
        const batches = scheduleOf("linux-x64", await parseBenchOptions(["--repetitions", "9"]));
        const repetitions = (name: string) => batches.find(({ workloads }) => workloads[0]?.name === name)?.repetitions;
        assert.equal(repetitions("churn"), 9);
        assert.equal(repetitions("live5m"), 3);
    });
});

/** Runs a command line of the benchmark that measures nothing. */
async function bench(argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    const captured = Promise.all([text(stdout), text(stderr)]);
    const code = await runBenchCommand(argv, { stdin: new PassThrough(), stdout, stderr, env: {} });
    stdout.end();
    stderr.end();
    const [out, err] = await captured;
    return { code, stdout: out, stderr: err };
}
