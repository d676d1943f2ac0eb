import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "node:test";
import { attach } from "../../host/session/open.js";
import type { Strategy } from "../../host/session/pool-session.js";
import { commandLine } from "../support/poolnv.js";
import { strategies } from "../support/strategies.js";
import { makeTarget, targetNames, whyNot, type Target } from "../support/targets.js";
import { Victim } from "../support/victim.js";
import { poolUnderLoad, rounds, usualRounds } from "./rounds.js";

/** Moments are spread over everything the host does, from its first instruction to long after the install. */
const latestMs = { python: 4000, wine: 8000, binding: 4000 };

for (const name of targetNames) {
    describe(`killing the host of a busy ${name} program`, { skip: whyNot(name) ?? false }, () => {
        let target: Target;

        before(async () => {
            target = await makeTarget(name);
            Object.assign(process.env, target.env);
        });
        after(() => target.remove());

        const run = async (strategy: Strategy): Promise<void> => {
            const count = rounds(usualRounds[strategy]);
            let found = 0;
            for (let round = 0; round < count; round++) {
                const victim = await Victim.start(target);
                try {
                    await victim.order("load");
                    await killHostAfter(
                        target.processName,
                        strategy,
                        ((round + 0.5) / count) * latestMs[target.engine],
                    );
                    const session = await attach(target.processName, poolUnderLoad(strategy));
                    if (session.install.alreadyInstalled) found++;
                    const made = await victim.numbers("rest");
                    assert.equal(made["corruptions"], 0, `round ${round}`);
                    const statistics = await session.statistics();
                    assert.equal(statistics.active, 1);
                    assert.equal(statistics.strategy, strategy);
                    assert.equal((await victim.numbers("work 9 20000 4"))["corruptions"], 0);
                    await session.close();
                    assert.equal(await victim.quit(), 0);
                } finally {
                    victim.kill();
                }
            }
            console.log(
                `${name}, ${strategy}: host killed ${count} times, 0 deaths, 0 corruptions; the next host found ${found} pools`,
            );
        };

        for (const strategy of strategies)
            it(`harms neither threads nor contents, and another host takes over, ${strategy}`, () => run(strategy));
    });
}

async function killHostAfter(processName: string, strategy: Strategy, milliseconds: number): Promise<void> {
    const { poolSizeMb } = poolUnderLoad(strategy);
    const options = ["--strategy", strategy, "--pool-size", String(poolSizeMb)];
    const host = spawn(process.execPath, [commandLine, "attach", processName, ...options], {
        stdio: ["pipe", "ignore", "ignore"],
    });
    const gone = new Promise((resolve) => host.once("exit", resolve));
    await sleep(milliseconds);
    host.kill("SIGKILL");
    await gone;
    host.stdin.destroy();
}
