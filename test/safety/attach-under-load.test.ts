import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { attach } from "../../host/session/open.js";
import type { Strategy } from "../../host/session/pool-session.js";
import { strategies } from "../support/strategies.js";
import { makeTarget, targetNames, whyNot, type Target } from "../support/targets.js";
import { poolUnderLoad, rounds, usualRounds } from "./rounds.js";
import { Victim } from "../support/victim.js";

/** The pool arrives while eight threads allocate without pause, and neither they nor their blocks notice. */
for (const name of targetNames) {
    describe(`attaching to a busy ${name} program`, { skip: whyNot(name) ?? false }, () => {
        let target: Target;

        before(async () => {
            target = await makeTarget(name);
            Object.assign(process.env, target.env);
        });
        after(() => target.remove());

        const run = async (strategy: Strategy): Promise<void> => {
            const stalls: number[] = [];
            for (let round = 0; round < rounds(usualRounds[strategy]); round++) {
                const victim = await Victim.start(target);
                try {
                    await victim.order("load");
                    const session = await attach(target.processName, poolUnderLoad(strategy));
                    stalls.push(session.install.stalledMs!);
                    await session.close();
                    const made = await victim.numbers("rest");
                    assert.equal(made["corruptions"], 0, `round ${round}`);
                    assert.ok((await victim.numbers("counters"))["pool_allocs"]! > 0);
                    assert.equal(await victim.quit(), 0);
                } finally {
                    victim.kill();
                }
            }
            stalls.sort((a, b) => a - b);
            const median = stalls[Math.floor(stalls.length / 2)]!;
            console.log(
                `${name}, ${strategy}: ${stalls.length} attaches to 8 busy threads, 0 deaths, 0 corruptions; threads stood still for ` +
                    `${median.toFixed(1)} ms (median), ${stalls.at(-1)!.toFixed(1)} ms (longest)`,
            );
        };

        for (const strategy of strategies) it(`harms neither threads nor contents, ${strategy}`, () => run(strategy));
    });
}
