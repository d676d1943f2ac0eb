import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { poolnv, type Run } from "../../fixtures/support/poolnv.js";
import { whyNot } from "../../fixtures/support/targets.js";
import { poolnvOnWindows, whyNoWindowsHost } from "../../fixtures/support/windows-host.js";
import { assertErrorText } from "./expected-error.js";

interface Demo {
    target: string;
    before: { allocations: number };
    after: { allocations: number; damaged: number };
    statistics: { pool_allocs: number };
}

describe("poolnv demo on a machine without a C compiler", () => {
    const empty = mkdtempSync(join(tmpdir(), "poolnv-no-compiler-"));
    after(() => rmSync(empty, { recursive: true }));

    it("Linux: poolnv demo compares with Python's allocations", { skip: whyNot("linux-x64") ?? false }, async () => {
        assertCompares(await poolnv(["demo", "--json"], { env: { PATH: empty } }));
    });

    it(
        "Windows host: poolnv demo compares with Python's allocations",
        { skip: whyNoWindowsHost() ?? false },
        async () => {
            const prepared = await poolnvOnWindows(["setup", "--engine", "python"]);
            assert.equal(prepared.code, 0, prepared.stderr);
            assertCompares(await poolnvOnWindows(["demo", "--json"]));
        },
    );

    it("poolnv demo without compiler and Python says what to install, and runs nothing", async () => {
        const env = { PATH: empty, POOLNV_CACHE: empty, POOLNV_PYTHON: "" };
        assertErrorText(await poolnv(["demo", "--quiet"], { env }), {
            exitCode: 5,
            code: "UNSUPPORTED_PLATFORM",
            message: /neither a C compiler nor Python/,
            resolution: /apt-get install gcc/,
        });
    });
});

/** The work of the program passed the pool: what was compared is the pool. */
function assertCompares({ code, stdout, stderr }: Run): void {
    assert.equal(code, 0, stderr + stdout);
    const { target, before, after, statistics } = JSON.parse(stdout) as Demo;
    assert.match(target, /^Python 3\.\d+\.\d+, without its own allocator$/);
    assert.ok(after.allocations > 100_000, stdout);
    assert.equal(after.allocations, before.allocations, "the same work");
    assert.ok(statistics.pool_allocs >= after.allocations, `${statistics.pool_allocs} allocations passed`);
    assert.equal(after.damaged, 0);
}
