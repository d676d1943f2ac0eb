import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { attach } from "../../../host/client/open.js";
import { makeTarget, whyNot, type Target } from "../../fixtures/support/targets.js";
import { VictimPerTest } from "../../fixtures/support/victim-per-test.js";
import { expectedCounters, growth } from "./expected-counters.js";

const source = fileURLToPath(new URL("../../../../test/fixtures/targets/stand_in.c", import.meta.url));

/** Debian's Python is such a program. */
describe(
    "installing under a program whose own stubs stand for malloc and free",
    { skip: whyNot("linux-x64") ?? false },
    () => {
        let target: Target;
        const victims = new VictimPerTest(() => target);

        before(async () => (target = await makeTarget("linux-x64", { source, flags: ["-fno-pie", "-no-pie"] })));
        after(() => target.remove());

        it(
            "replaces the functions of the C library",
            victims.each(async (victim) => {
                const session = await attach(victim.processName);
                assert.match(session.install.runtimes[0]!.module, /libc/);
                const before = await victim.numbers("counters");
                const made = await victim.numbers("work 9 200000 4");
                const own = growth(before, await victim.numbers("counters"));
                assert.equal(made["corruptions"], 0);
                for (const [counter, value] of Object.entries(expectedCounters("recycle", made)))
                    assert.equal(own[counter], value, counter);
                await session.close();
            }),
        );

        it("ends well", () => victims.endedWell());
    },
);
