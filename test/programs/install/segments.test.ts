import assert from "node:assert/strict";
import { after, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { describeTarget } from "../../fixtures/support/describe-target.js";
import { tidyingMs } from "../../fixtures/support/tidying.js";
import { VictimPerTest } from "../../fixtures/support/victim-per-test.js";

const segment = 16 * 1_048_576;

for (const name of ["win32-msvcrt", "win32-ucrt"] as const) {
    describeTarget(name, `a pool in segments in a ${name} program`, (target) => {
        const victims = new VictimPerTest(target);

        after(() => victims.endedWell());

        it(
            `${name}: a pool in segments reserves address space on demand`,
            victims.withPool({ reserve: "segments" }, async (victim, client) => {
                const before = await client.statistics();
                assert.ok(before.pool_size <= 4 * segment, `${before.pool_size} bytes at first`);
                assert.equal(before.pool_limit, client.facts.poolBytes);
                assert.ok(before.pool_limit > 16 * segment);
                assert.equal((await victim.numbers("work 1 400000 8"))["corruptions"], 0);
                await victim.order("hold 1000000 200");
                const grown = await client.statistics();
                assert.ok(grown.pool_size >= before.pool_size + 12 * segment, `${grown.pool_size} bytes with 200 MB`);
                assert.equal(grown.fallback_allocs, 0);
                assert.ok(grown.address_space!.largest_hole > 0);
                assert.equal((await victim.numbers("drop"))["corruptions"], 0);
            }),
        );

        it(
            `${name}: a pool in segments skips used addresses, and falls back if none is left`,
            victims.withPool({ reserve: "segments" }, async (victim, client) => {
                assert.equal((await victim.numbers("work 1 40000 8"))["corruptions"], 0);
                await pause(tidyingMs); // Frida needs address space to clean up
                await victim.order("hoard");
                assert.equal((await victim.numbers("work 2 400000 8"))["corruptions"], 0);
                await victim.order("hold 4000000 40"); // more than the pool and the original can serve
                await victim.order("unhoard");
                assert.equal((await victim.numbers("drop"))["corruptions"], 0);
                assert.equal((await victim.numbers("work 3 400000 8"))["corruptions"], 0);
                const { corrupt_headers, double_frees, pool_size } = await client.statistics();
                assert.deepEqual([corrupt_headers, double_frees], [0, 0]);
                assert.ok(pool_size < 1536 * 1_048_576);
            }),
        );

        it(
            `${name}: a pool in segments passes the fuzz test`,
            victims.withPool({ reserve: "segments", poolSizeMb: 100 }, async (victim, client) => {
                const { corruptions } = await victim.numbers("fuzz 7 300000 4");
                assert.equal(corruptions, 0, await victim.order("fault"));
                assert.ok((await client.statistics()).pool_allocs > 0);
            }),
        );
    });
}
