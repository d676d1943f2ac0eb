import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { strategies } from "../../fixtures/support/strategies.js";
import { compareRuns } from "./compare-runs.js";
import { perl, python, sqlite, windowsPython } from "./foreign-programs.js";

/** Programs of other projects, with the pool from their start to their end. */
describe("programs of other projects", () => {
    for (const program of [python(), sqlite(), perl(), windowsPython()]) {
        for (const strategy of strategies) {
            it(
                `${program.name} writes the same output with a pool that ${strategy === "bump" ? "bumps" : "recycles"}`,
                { skip: program.missing ?? false },
                async (test) => {
                    const statistics = await compareRuns(program, ["--strategy", strategy]);
                    test.diagnostic(
                        `${statistics.pool_allocs} pool allocations, ${statistics.peak_used} bytes at most`,
                    );
                    assert.equal(statistics.strategy, strategy);
                    assert.ok(statistics.pool_allocs > 100_000, `${statistics.pool_allocs} pool allocations`);
                    // A pool that never reuses memory may be used up; then the C runtime serves.
                    if (strategy === "recycle") assert.equal(statistics.fallback_allocs, 0);
                    assert.equal(statistics.corrupt_headers, 0);
                    assert.equal(statistics.double_frees, 0);
                },
            );
        }
    }
});
