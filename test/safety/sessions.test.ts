import assert from "node:assert/strict";
import { it } from "node:test";
import type { Strategy } from "../../shared/protocol/install.js";
import { describeTarget } from "../fixtures/support/describe-target.js";
import { poolnv } from "../fixtures/support/poolnv.js";
import { targetNames } from "../fixtures/support/targets.js";
import { Victim } from "../fixtures/support/victim.js";

/**
 * Short sessions one after the other; the program works as soon as each has ended. Frida cleans up in the program after a
 * detach: a worker that exited too early ended the program in 38 of 2031 sessions.
 */
for (const name of targetNames) {
    describeTarget(name, `short sessions on a ${name} program`, (target) => {
        const sessions = name.startsWith("win32") ? 4 : 8;

        it(`short sessions do not harm a ${name} program without a pool, or with one that recycles`, async () => {
            const victim = await Victim.start(target());
            try {
                for (let round = 0; round < sessions; round++) {
                    const refused = await poolnv(["exec", String(victim.pid), "GetMemoryPoolUsage"]);
                    assert.equal(refused.code, 5, refused.stderr);
                    assert.equal(await victim.order("counters"), "none");
                }
                await askPool(victim, "recycle", sessions);
                assert.equal(await victim.quit(), 0);
            } finally {
                victim.kill();
            }
        });

        it(`short sessions do not harm a ${name} program with a pool that bumps`, async () => {
            const victim = await Victim.start(target());
            try {
                await askPool(victim, "bump", Math.ceil(sessions / 5)); // the agents of the sessions are the same
                assert.equal(await victim.quit(), 0);
            } finally {
                victim.kill();
            }
        });
    });
}

async function askPool(victim: Victim, strategy: Strategy, sessions: number): Promise<void> {
    const installed = await poolnv(["attach", String(victim.pid), "--detach", "--strategy", strategy]);
    assert.equal(installed.code, 0, installed.stderr);
    for (let round = 0; round < sessions; round++) {
        assert.equal((await victim.numbers(`work ${round} 5000 4`))["corruptions"], 0);
        const asked = await poolnv(["exec", String(victim.pid), "GetMemoryPoolUsage"]);
        assert.equal(asked.code, 0, asked.stderr);
    }
}
