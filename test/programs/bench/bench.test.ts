import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { isPeer } from "../../../tools/bench/allocators.js";
import { parseBenchOptions } from "../../../tools/bench/bench-command.js";
import { scheduleOf } from "../../../tools/bench/schedule.js";
import { pidsWhere } from "../../fixtures/support/running.js";
import { whyNot } from "../../fixtures/support/targets.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";

interface Document {
    complete: boolean;
    results: {
        target: string;
        workload: string;
        allocator: string;
        ns_per_operation: Record<"median" | "min" | "max" | "count", number>;
        live_bytes: number;
        committed_bytes: number;
        peak_bytes: number;
        handed_over_share: number;
        fallback_allocs: number | null;
    }[];
    latency: {
        target: string;
        workload: string;
        allocator: string;
        repetitions: number;
        malloc: CallLatency;
        free: CallLatency;
        fallback_allocs: number | null;
    }[];
    figures: { name: string; measured: number | null }[];
    left_out: { allocator: string | null; workload: string | null; reason: string; resolution: string }[];
    faults: unknown[];
}

type CallLatency = Record<"calls" | "p99" | "p99_9" | "p99_99" | "longest", number>;

const program = fileURLToPath(new URL("../../../tools/bench/main.js", import.meta.url));

/** Every allocator on every workload. */
const trials = scheduleOf("linux-x64", await parseBenchOptions([])).flatMap(({ workloads, allocators }) =>
    workloads.flatMap((workload) => allocators.map(({ name: allocator }) => ({ workload, allocator }))),
);

describe("bench", { skip: whyNot("linux-x64") ?? false }, () => {
    const folder = mkdtempSync(join(tmpdir(), "poolnv-bench-test-"));
    const quick = ["--quick", "--platforms", "linux-x64"];
    const svg = join(folder, "bench.svg");
    const html = join(folder, "bench.html");
    let document: Document;

    before(async () => {
        const { code, stdout, stderr } = await bench([...quick, "--json", "--svg", svg, "--html", html]);
        assert.equal(code, 0, stderr);
        document = JSON.parse(stdout) as Document;
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it("bench: a quick run is complete, with no fault, and without nothing but what can't be had here", (test) => {
        assert.equal(document.complete, true);
        assert.deepEqual(document.faults, []);
        for (const left of document.left_out) {
            assert.ok(left.workload?.startsWith("latency") === true || isPeer(left.allocator), JSON.stringify(left));
            test.diagnostic(`${left.allocator ?? left.workload}: ${left.reason} (${left.resolution})`);
        }
    });

    for (const { workload, allocator } of trials) {
        it(`bench: ${workload.name} has the numbers of ${allocator}`, (test) => {
            const left = document.left_out.find((one) => one.allocator === allocator || one.workload === workload.name);
            if (left !== undefined) return test.skip(left.reason);
            if (workload.latencyOf === null) checkTimes(document, workload.name, allocator);
            else checkLatency(document, workload.name, allocator);
        });
    }

    it("bench: at most 30 % of the frees of the threaded mix are done by the neighbour", () => {
        const shares = document.results.filter(({ workload }) => workload === "mix4");
        for (const { handed_over_share } of shares) assert.ok(handed_over_share > 0 && handed_over_share < 0.3);
    });

    it("bench: every figure is measured, unless what it needs can't be had here", () => {
        const isWhole = document.left_out.length === 0;
        for (const { name, measured } of document.figures) {
            assert.ok(measured !== null || (!isWhole && /mimalloc|best other|latency/.test(name)), name);
            assert.ok(measured === null || Number.isFinite(measured), name);
        }
    });

    it("bench: --svg draws a picture, --html a page with the tables", () => {
        assert.match(readFileSync(svg, "utf8"), /^<svg[^]*slot|churn[^]*<\/svg>/);
        assert.match(readFileSync(html, "utf8"), /<svg[^]*### Linux x64: Latency in ns[^]*### Figures/);
    });

    it("bench: an interrupted run reports what it measured and leaves no process behind", async () => {
        const few = ["--platforms", "linux-x64", "--allocators", "crt,recycle,baseline"];
        const child = spawn(process.execPath, [program, ...few, "--json"]);
        let stdout = "";
        child.stdout.on("data", (chunk) => (stdout += String(chunk)));
        const ended = new Promise((resolve) => child.once("exit", resolve));
        for await (const line of createInterface({ input: child.stderr })) if (/churn: 2 of 5/.test(line)) break;
        child.stderr.resume();
        child.kill("SIGINT");
        assert.equal(await ended, 0);
        const { complete, results, faults } = JSON.parse(stdout) as Document;
        assert.equal(complete, false);
        assert.deepEqual(faults, []);
        assert.ok(results.some(({ allocator }) => allocator === "crt"));
        const ours = (args: string[]) => args.some((word) => word.includes(`bench-${child.pid}-`));
        await waitUntil("its programs have ended", () => pidsWhere(ours).length === 0);
    });

    it("bench: a picture that can't be written is a usage error that names the file", async () => {
        const one = ["--workloads", "churn", "--allocators", "crt"];
        const { code, stderr } = await bench([...quick, ...one, "--svg", "/nowhere/bench.svg"]);
        assert.equal(code, 2);
        assert.match(stderr, /\/nowhere\/bench\.svg can't be written/);
        assert.equal(existsSync("/nowhere"), false);
    });
});

for (const [platform, kind] of [
    ["linux-i386", "linux-i386"],
    ["win32", "win32-msvcrt"],
] as const) {
    it(
        `bench: the latency of single calls is measured on ${platform}`,
        { skip: whyNot(kind) ?? false },
        async (test) => {
            const few = ["--workloads", "latency1,latency4", "--allocators", "crt,recycle"];
            const { code, stdout, stderr } = await bench(["--quick", "--platforms", platform, ...few, "--json"]);
            assert.equal(code, 0, stderr);
            const document = JSON.parse(stdout) as Document;
            const [left] = document.left_out;
            if (left !== undefined) return test.skip(left.reason);
            for (const workload of ["latency1", "latency4"]) {
                for (const allocator of ["crt", "recycle"]) checkLatency(document, workload, allocator);
            }
        },
    );
}

function checkTimes({ results }: Document, workload: string, allocator: string): void {
    const found = results.find((result) => result.workload === workload && result.allocator === allocator);
    assert.ok(found, "there is no result");
    const { median, min, max, count } = found.ns_per_operation;
    assert.ok(min > 0 && min <= median && median <= max, JSON.stringify(found));
    assert.equal(count, 2);
    if (allocator !== "baseline") assert.ok(found.live_bytes > 0, JSON.stringify(found));
    if (allocator === "crt" || allocator === "recycle") assert.ok(found.committed_bytes > 0 && found.peak_bytes > 0);
    if (allocator === "recycle") assert.equal(found.fallback_allocs, 0);
    else if (allocator !== "bump") assert.equal(found.fallback_allocs, null);
}

function checkLatency({ latency }: Document, workload: string, allocator: string): void {
    const found = latency.find((result) => result.workload === workload && result.allocator === allocator);
    assert.ok(found, "there is no latency");
    assert.equal(found.repetitions, 2);
    for (const { calls, p99, p99_9, p99_99, longest } of [found.malloc, found.free]) {
        assert.ok(calls > 100_000, JSON.stringify(found));
        assert.ok(p99 <= p99_9 && p99_9 <= p99_99 && p99_99 <= longest && longest > 0, JSON.stringify(found));
        assert.ok(longest < 60e9, JSON.stringify(found));
    }
}

async function bench(args: string[]): Promise<{ code: number | undefined; stdout: string; stderr: string }> {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [program, ...args], {
        reject: false,
        timeout: 300_000,
    });
    return { code: exitCode, stdout, stderr };
}
