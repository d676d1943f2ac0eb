import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Strategy } from "../../host/client/pool-session.js";
import { poolnv } from "../fixtures/support/poolnv.js";
import { makeTarget, targetNames, whyNot, type Target } from "../fixtures/support/targets.js";
import { Victim } from "../fixtures/support/victim.js";

/**
 * A host that comes, asks and leaves, again and again, while the program gets busy the moment it has gone. Frida tidies
 * up in the program after a detach: a host that left too early ended the program in 38 of 2031 visits.
 */
for (const name of targetNames) {
    describe(`visiting a ${name} program`, { skip: whyNot(name) ?? false }, () => {
        let target: Target;

        before(async () => {
            target = await makeTarget(name);
            Object.assign(process.env, target.env);
        });
        after(() => target.remove());

        const visits = name.startsWith("win32") ? 4 : 8;

        it("harms nothing, without a pool and with one that recycles", async () => {
            const victim = await Victim.start(target);
            try {
                for (let visit = 0; visit < visits; visit++) {
                    const refused = await poolnv(["exec", String(victim.pid), "GetMemoryPoolUsage"]);
                    assert.equal(refused.code, 5, refused.stderr);
                    assert.equal(await victim.order("counters"), "none");
                }
                await visitPool(victim, "recycle", visits);
                assert.equal(await victim.quit(), 0);
            } finally {
                victim.kill();
            }
        });

        it("harms nothing, with a pool that bumps", async () => {
            const victim = await Victim.start(target);
            try {
                await visitPool(victim, "bump", Math.ceil(visits / 5)); // the agents that visit are the same
                assert.equal(await victim.quit(), 0);
            } finally {
                victim.kill();
            }
        });
    });
}

async function visitPool(victim: Victim, strategy: Strategy, visits: number): Promise<void> {
    const installed = await poolnv(["attach", String(victim.pid), "--detach", "--strategy", strategy]);
    assert.equal(installed.code, 0, installed.stderr);
    for (let visit = 0; visit < visits; visit++) {
        assert.equal((await victim.numbers(`work ${visit} 5000 4`))["corruptions"], 0);
        const asked = await poolnv(["exec", String(victim.pid), "GetMemoryPoolUsage"]);
        assert.equal(asked.code, 0, asked.stderr);
    }
}
