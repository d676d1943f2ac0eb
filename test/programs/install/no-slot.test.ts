import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { attach } from "../../../host/client/open.js";
import { makeTarget, targetNames, whyNot, type Target } from "../../fixtures/support/targets.js";
import { VictimPerTest } from "../../fixtures/support/victim-per-test.js";
import { expectedCounters, growth } from "./expected-counters.js";

/** A program that has used up the slots where the pool would keep the threads' caches. */
for (const name of targetNames) {
    describe(`installing under a ${name} program without a slot for caches`, { skip: whyNot(name) ?? false }, () => {
        let target: Target;
        const victims = new VictimPerTest(() => target);

        before(async () => {
            target = await makeTarget(name);
            Object.assign(process.env, target.env);
        });
        after(() => target.remove());

        it(
            "serves it all the same, through one cache, and says so in the log",
            victims.each(async (victim) => {
                assert.ok((await victim.numbers("slots"))["slots"]! > 8);
                const session = await attach(victim.processName);
                const before = await victim.numbers("counters");
                const made = await victim.numbers("work 9 200000 4");
                const own = growth(before, await victim.numbers("counters"));
                assert.equal(made["corruptions"], 0);
                for (const [counter, value] of Object.entries(expectedCounters("recycle", made)))
                    assert.equal(own[counter], value, counter);
                assert.match(readFileSync(logOf(session.facts.logFile!, target), "utf8"), /threads share one cache/);
                await session.close();
            }),
        );

        it("ends well", () => victims.endedWell());
    });
}

/** Where the log is for us, from where it is for the program. */
function logOf(file: string, target: Target): string {
    const prefix = target.ownPath("/");
    return file.startsWith(prefix) ? "/" + file.slice(prefix.length).replaceAll("\\", "/") : file;
}
