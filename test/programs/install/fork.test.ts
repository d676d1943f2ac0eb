import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { attach } from "../../../host/client/open.js";
import type { CompileTarget } from "../../fixtures/prepare/compile.js";
import { makeTarget, type Target, targetNames, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";

const source = fileURLToPath(new URL("../../../../test/fixtures/targets/forks.c", import.meta.url));

/** How long the threads of a program fork and allocate, and how long they may take to end, in seconds. */
const seconds = 4;
const limit = 60;

/** What its other threads do. */
const kinds = ["lines", "flushes", "loads", "locales", "questions", "zones", "library_uses"];

for (const name of targetNames.filter((name): name is CompileTarget => name.startsWith("linux"))) {
    describe(`${name} programs that fork`, { skip: whyNot(name) ?? false }, () => {
        let target: Target;

        before(async () => (target = await makeTarget(name, { source })));
        after(() => target.remove());

        for (const quarantineMb of [0, 16]) {
            const pool = quarantineMb === 0 ? "a pool" : "a pool with a quarantine";
            it(`${name}, ${pool}: threads fork while others hold locks of the C library and allocate`, async () => {
                const victim = await Victim.start(target);
                try {
                    const client = await attach(victim.pid, { tuning: { quarantineMb } });
                    try {
                        const done = await victim.numbers(`run ${seconds}`, limit * 1000);
                        assert.equal(done["failed"], 0, "children that failed");
                        assert.ok(done["forks"]! > 0, "the program forked");
                        for (const kind of kinds) assert.ok(done[kind]! > 0, kind);
                        const { corrupt_headers, double_frees, fallback_allocs } = await client.statistics();
                        assert.deepEqual([corrupt_headers, double_frees, fallback_allocs], [0, 0, 0]);
                    } finally {
                        await client.close();
                    }
                    assert.equal(await victim.quit(), 0);
                } finally {
                    victim.kill();
                }
            });
        }
    });
}
