import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { attach } from "../../../host/client/open.js";
import { makeTarget, type Target, targetNames, whyNot } from "../../fixtures/support/targets.js";
import { VictimPerTest } from "../../fixtures/support/victim-per-test.js";
import { expectedCounters, growth } from "./expected-counters.js";

/** A program that has used up the thread-local slots of the system. */
for (const name of targetNames) {
    describe(
        `installation in a ${name} program without a free thread-local slot`,
        { skip: whyNot(name) ?? false },
        () => {
            let target: Target;
            const victims = new VictimPerTest(() => target);

            before(async () => {
                target = await makeTarget(name);
                Object.assign(process.env, target.env);
            });
            after(() => target.remove());

            it(
                `${name}: without a free thread-local slot the pool serves through one cache and logs a warning`,
                victims.each(async (victim) => {
                    assert.ok((await victim.numbers("slots"))["slots"]! > 8);
                    const client = await attach(victim.processName);
                    const before = await victim.numbers("counters");
                    const made = await victim.numbers("work 9 200000 4");
                    const own = growth(before, await victim.numbers("counters"));
                    assert.equal(made["corruptions"], 0);
                    for (const [counter, value] of Object.entries(expectedCounters("recycle", made))) {
                        assert.equal(own[counter], value, counter);
                    }
                    assert.match(readFileSync(logOf(client.facts.logFile!, target), "utf8"), /threads share one cache/);
                    await client.close();
                }),
            );

            it(`${name}: a program without a free thread-local slot ends with exit code 0`, () => victims.endedWell());
        },
    );
}

/** The log's path on this system. */
function logOf(file: string, target: Target): string {
    const prefix = target.ownPath("/");
    return file.startsWith(prefix) ? "/" + file.slice(prefix.length).replaceAll("\\", "/") : file;
}
