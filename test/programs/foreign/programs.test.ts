import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { strategies } from "../../fixtures/support/strategies.js";
import { compareRuns } from "./compare-runs.js";
import { perl } from "./perl.js";
import { python, windowsPython } from "./python.js";
import { sqlite } from "./sqlite.js";

/** Programs that nobody here wrote, with the pool underneath from their start to their end. */
describe("a program that knows nothing of the pool does the same with it", () => {
    for (const program of [python(), sqlite(), perl(), windowsPython()])
        for (const strategy of strategies)
            it(`${program.name}, ${strategy}`, { skip: program.missing ?? false }, async (test) => {
                const statistics = await compareRuns(program, ["--strategy", strategy]);
                test.diagnostic(`${statistics.pool_allocs} pool allocations, ${statistics.peak_used} bytes at most`);
                assert.equal(statistics.strategy, strategy);
                assert.ok(statistics.pool_allocs > 100_000, `${statistics.pool_allocs} pool allocations`);
                // What never reuses memory may run full; then the C runtime serves.
                if (strategy === "recycle") assert.equal(statistics.fallback_allocs, 0);
                assert.equal(statistics.corrupt_headers, 0);
                assert.equal(statistics.double_frees, 0);
            });
});
