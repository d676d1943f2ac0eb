import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { connect } from "../../host/client/open.js";
import { whyNot } from "../fixtures/support/targets.js";
import { withNamedVictim } from "./named-victim.js";

/** The way to a living pool that goes through the program's memory, where that memory is not what it says. */
for (const name of ["linux-x64", "linux-i386"] as const) {
    describe(`the mailbox of a ${name} program`, { skip: whyNot(name) ?? false }, () => {
        it("is nothing that we write to where the block leads into the program's own data", () =>
            withNamedVictim(name, `data-${process.pid}`, async (victim) => {
                await victim.order("forge mailbox-data");
                const session = await connect(victim.pid);
                assert.equal(session.engine?.kind, "python", "an agent was sent to look");
                await session.close();
                assert.deepEqual(await victim.numbers("precious"), { precious: 1 });
                assert.equal(await victim.quit(), 0);
            }));

        for (const [kind, what] of [
            ["mailbox-silent", "keeps silent"],
            ["mailbox-churn", "takes requests away"],
            ["mailbox-nonsense", "answers with nonsense"],
        ] as const)
            it(`is given up where it ${what}`, () =>
                withNamedVictim(name, `${kind}-${process.pid}`, async (victim) => {
                    await victim.order(`forge ${kind}`);
                    const session = await connect(victim.pid);
                    assert.equal(session.engine?.kind, "python", "an agent was sent to look");
                    assert.equal((await session.statistics()).active, 1);
                    await session.close();
                    await victim.order("unforge");
                    assert.equal(await victim.quit(), 0);
                }));
    });
}

it("a look for a mailbox touches nothing of a terabyte of address space", { skip: whyNot("linux-x64") ?? false }, () =>
    withNamedVictim("linux-x64", `vast-${process.pid}`, async (victim) => {
        assert.deepEqual(await victim.numbers("vast"), { vast: 1 });
        const before = pageTableKilobytes(victim.pid);
        await assert.rejects(connect(victim.pid), { name: "UserError", code: "NO_POOL" });
        assert.ok(pageTableKilobytes(victim.pid) - before < 1000);
        assert.equal(await victim.quit(), 0);
    }),
);

function pageTableKilobytes(pid: number): number {
    return Number(/^VmPTE:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]);
}
