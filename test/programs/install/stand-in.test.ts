import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { attach } from "../../../host/client/open.js";
import { makeTarget, type Target, whyNot } from "../../fixtures/support/targets.js";
import { VictimPerTest } from "../../fixtures/support/victim-per-test.js";
import { expectedCounters, growth } from "./expected-counters.js";

const source = fileURLToPath(new URL("../../../../test/fixtures/targets/stand_in.c", import.meta.url));

/** Debian's Python is such a program. */
describe(
    "installation in a program that exports stubs of malloc and free",
    { skip: whyNot("linux-x64") ?? false },
    () => {
        let target: Target;
        const victims = new VictimPerTest(() => target);

        before(async () => (target = await makeTarget("linux-x64", { source, flags: ["-fno-pie", "-no-pie"] })));
        after(() => target.remove());

        it(
            "linux-x64: in a program with stubs of malloc and free, the C library's functions are replaced",
            victims.each(async (victim) => {
                const client = await attach(victim.processName);
                assert.match(client.install.runtimes[0]!.module, /libc/);
                const before = await victim.numbers("counters");
                const made = await victim.numbers("work 9 200000 4");
                const own = growth(before, await victim.numbers("counters"));
                assert.equal(made["corruptions"], 0);
                for (const [counter, value] of Object.entries(expectedCounters("recycle", made))) {
                    assert.equal(own[counter], value, counter);
                }
                await client.close();
            }),
        );

        it("linux-x64: a program with stubs of malloc and free ends with exit code 0", () => victims.endedWell());
    },
);
