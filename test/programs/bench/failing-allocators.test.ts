import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { ExitCode } from "../../../host/errors.js";
import { allocatorNamed } from "../../../tools/bench/allocators.js";
import { parseBenchOptions } from "../../../tools/bench/bench-command.js";
import { Measurements } from "../../../tools/bench/measurements.js";
import { prepareTarget } from "../../../tools/bench/prepare/prepare-target.js";
import { isMissing, type PreparedTarget } from "../../../tools/bench/prepared-target.js";
import { scheduleOf } from "../../../tools/bench/schedule.js";
import { Subject } from "../../../tools/bench/subject.js";
import { withoutFigure } from "../../../tools/bench/without-figure.js";
import { compileTarget } from "../../fixtures/prepare/compile.js";
import { pidsWhere } from "../../fixtures/support/running.js";
import { whyNot } from "../../fixtures/support/targets.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";

interface Document {
    results: { allocator: string }[];
    faults: { target: string; workload: string; allocator: string; message: string }[];
}

const program = fileURLToPath(new URL("../../../tools/bench/main.js", import.meta.url));
const histogramCheck = fileURLToPath(new URL("../../../../test/programs/bench/histogram_check.c", import.meta.url));

describe("allocators that fail in the benchmark", { skip: whyNot("linux-x64") ?? false }, () => {
    const folder = mkdtempSync(join(tmpdir(), "poolnv-failing-allocators-test-"));
    after(() => rmSync(folder, { recursive: true, force: true }));

    it("bench: allocators that die at start-up and at work are named and fail the run; the others go on", async () => {
        const only = ["--platforms", "linux-x64", "--workloads", "live5m", "--allocators", "crt,recycle,bump"];
        const bench = execa(process.execPath, [program, ...only, "--repetitions", "1", "--json"], {
            reject: false,
            timeout: 120_000,
        });
        const pidOf = (allocator: string) =>
            waitUntil(`${allocator} runs`, () => {
                const ours = new RegExp(`bench-${bench.pid}-\\d+-${allocator}\\.exe$`);
                return pidsWhere(([file = ""]) => ours.test(file))[0];
            });
        process.kill(await pidOf("bump"), "SIGKILL");
        const recycle = await pidOf("recycle");
        // The pool is under it by then, and the C runtime's turn, which takes a second, comes first.
        let said = "";
        bench.stderr.on("data", (chunk) => (said += String(chunk)));
        await waitUntil("the work has begun", () => said.includes("live5m: 1 of 1"));
        process.kill(recycle, "SIGKILL");
        const { exitCode, stdout, stderr } = await bench;
        assert.equal(exitCode, ExitCode.Fault, stderr);
        const { results, faults } = JSON.parse(stdout) as Document;
        assert.deepEqual(faults.map(({ allocator, workload }) => `${allocator} on ${workload}`).sort(), [
            "bump on live5m",
            "recycle on live5m",
        ]);
        assert.deepEqual(
            results.map(({ allocator }) => allocator),
            ["crt"],
        );
        for (const name of ["bump", "recycle"]) {
            assert.match(stderr, new RegExp(`${name} failed on live5m \\(linux-x64\\)`));
        }
    });

    it("bench: a peer that the loader does not preload is a failure, not a measurement of the C library", async () => {
        const target = await prepared(folder);
        const env = { LD_PRELOAD: join(folder, "libmimalloc.so.2") };
        const peers: PreparedTarget["peers"] = new Map([["mimalloc", { version: "0", env, args: [] }]]);
        await assert.rejects(
            Subject.start(allocatorNamed("mimalloc"), { target: { ...target, peers }, folder }),
            /libmimalloc\.so\.2 was not loaded into the program/,
        );
    });

    it("bench: a peer that was not prepared is a failure, not a measurement of the C library", async () => {
        const target = await prepared(folder);
        await assert.rejects(
            Subject.start(allocatorNamed("mimalloc"), { target, folder }),
            /mimalloc was not prepared/,
        );
    });

    it("bench: an allocator without a figure is a fault, even if nothing reported a failure", async () => {
        const options = await parseBenchOptions(["--workloads", "churn,latency1", "--allocators", "crt,recycle"]);
        const schedule = scheduleOf("linux-x64", options);
        const measurements = new Measurements(2);
        const answer = { operations: 1, ns: 1, threads: 1, live_bytes: 1, live_blocks: 1, committed_bytes: 1 };
        const trial = { target: "linux-x64", workload: "churn", allocator: "crt" } as const;
        measurements.add(trial, { ...answer, peak_bytes: 1, handed_over: 0, faults: 0 });
        const known = { target: "linux-x64", workload: "latency1", allocator: "crt", message: "it died" } as const;
        assert.deepEqual(
            withoutFigure(schedule, measurements, [known]).map(({ workload, allocator }) => [workload, allocator]),
            [
                ["churn", "recycle"],
                ["latency1", "recycle"],
            ],
        );
    });

    it("bench: the histogram of latencies knows percentiles to one part in 64", async () => {
        const output = join(folder, "histogram-check");
        await compileTarget(histogramCheck, { target: "linux-x64", output, flags: ["-Wall", "-Wextra", "-Werror"] });
        assert.equal((await execa(output)).stdout, "ok");
    });
});

async function prepared(folder: string): Promise<PreparedTarget> {
    const target = await prepareTarget("linux-x64", { winePrefix: null, allocators: ["crt"] }, folder, () => {});
    if (isMissing(target)) throw new Error(target.reason);
    return target;
}
