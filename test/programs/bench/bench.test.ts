import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { workloadNames } from "../../../tools/bench/workloads.js";
import { pidsWhere } from "../../fixtures/support/running.js";
import { whyNot } from "../../fixtures/support/targets.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";

interface Document {
    complete: boolean;
    results: {
        workload: string;
        allocator: string;
        ns_per_operation: Record<"median" | "min" | "max" | "count", number>;
        live_bytes: number;
        committed_bytes: number;
        peak_bytes: number;
        handed_over_share: number;
        fallback_allocs: number | null;
    }[];
    figures: { name: string; measured: number | null }[];
    left_out: unknown[];
    faults: unknown[];
}

const program = fileURLToPath(new URL("../../../tools/bench/main.js", import.meta.url));

describe("bench", { skip: whyNot("linux-x64") ?? false }, () => {
    const folder = mkdtempSync(join(tmpdir(), "poolnv-bench-test-"));
    const only = ["--quick", "--platforms", "linux-x64", "--allocators", "crt,recycle,baseline"];
    const svg = join(folder, "bench.svg");
    const html = join(folder, "bench.html");
    let document: Document;

    before(async () => {
        const { code, stdout, stderr } = await bench([...only, "--json", "--svg", svg, "--html", html]);
        assert.equal(code, 0, stderr);
        document = JSON.parse(stdout) as Document;
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it("bench: a quick run is complete, with nothing left out and no fault", () => {
        assert.equal(document.complete, true);
        assert.deepEqual(document.left_out, []);
        assert.deepEqual(document.faults, []);
    });

    for (const workload of workloadNames) {
        for (const allocator of ["crt", "recycle"]) {
            it(`bench: ${workload} has the numbers of ${allocator}`, () => {
                const found = document.results.find(
                    (result) => result.workload === workload && result.allocator === allocator,
                );
                assert.ok(found, "there is no result");
                const { median, min, max, count } = found.ns_per_operation;
                assert.ok(min > 0 && min <= median && median <= max, JSON.stringify(found));
                assert.equal(count, 2);
                assert.ok(found.live_bytes > 0 && found.committed_bytes > 0 && found.peak_bytes > 0);
                assert.equal(found.fallback_allocs, allocator === "recycle" ? 0 : null);
            });
        }
    }

    it("bench: at most 30 % of the frees of the threaded mix are done by the neighbour", () => {
        const shares = document.results.filter(({ workload }) => workload === "mix4");
        for (const { handed_over_share } of shares) assert.ok(handed_over_share > 0 && handed_over_share < 0.3);
    });

    it("bench: every figure that needs no other allocator is measured", () => {
        for (const { name, measured } of document.figures) {
            const needsOthers = /mimalloc|best other/.test(name);
            assert.equal(measured === null, needsOthers, name);
            assert.ok(measured === null || Number.isFinite(measured), name);
        }
    });

    it("bench: --svg draws a picture, --html a page with the tables", () => {
        assert.match(readFileSync(svg, "utf8"), /^<svg[^]*slot|churn[^]*<\/svg>/);
        assert.match(readFileSync(html, "utf8"), /<svg[^]*### Figures/);
    });

    it("bench: an interrupted run reports what it measured and leaves no process behind", async () => {
        const child = spawn(process.execPath, [program, ...only.slice(1), "--json"]);
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
        const { code, stderr } = await bench([...only.slice(0, 3), ...one, "--svg", "/nowhere/bench.svg"]);
        assert.equal(code, 2);
        assert.match(stderr, /\/nowhere\/bench\.svg can't be written/);
        assert.equal(existsSync("/nowhere"), false);
    });
});

async function bench(args: string[]): Promise<{ code: number | undefined; stdout: string; stderr: string }> {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [program, ...args], {
        reject: false,
        timeout: 300_000,
    });
    return { code: exitCode, stdout, stderr };
}
