import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { poolnv } from "../support/poolnv.js";
import { makeTarget, targetNames, whyNot, type Target } from "../support/targets.js";
import { Victim } from "../support/victim.js";
import { rounds } from "./rounds.js";

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

        it("harms nothing, with and without a pool in it", async () => {
            const victim = await Victim.start(target);
            try {
                const visits = rounds(target.engine === "wine" ? 6 : 20);
                for (let visit = 0; visit < visits; visit++) {
                    const refused = await poolnv(["exec", String(victim.pid), "GetMemoryPoolUsage"]);
                    assert.equal(refused.code, 5, refused.stderr);
                    assert.equal(await victim.order("counters"), "none");
                }
                const installed = await poolnv(["attach", String(victim.pid), "--detach"]);
                assert.equal(installed.code, 0, installed.stderr);
                for (let visit = 0; visit < visits; visit++) {
                    assert.equal((await victim.numbers(`work ${visit} 5000 4`))["corruptions"], 0);
                    const asked = await poolnv(["exec", String(victim.pid), "GetMemoryPoolUsage"]);
                    assert.equal(asked.code, 0, asked.stderr);
                }
                assert.equal(await victim.quit(), 0);
            } finally {
                victim.kill();
            }
        });
    });
}
