import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { connect } from "../../host/client/open.js";
import { whyNot } from "../fixtures/support/targets.js";
import { withNamedVictim } from "./named-victim.js";

/** Connections by mailbox to programs with a forged mailbox. */
for (const name of ["linux-x64", "linux-i386"] as const) {
    describe(`the mailbox of a ${name} program`, { skip: whyNot(name) ?? false }, () => {
        it(`${name}: a forged mailbox address that points into the program's data is not written to`, () =>
            withNamedVictim(name, `data-${process.pid}`, async (victim) => {
                await victim.order("forge mailbox-data");
                const client = await connect(victim.pid);
                assert.equal(client.engine?.kind, "python", "a session script was sent");
                await client.close();
                assert.deepEqual(await victim.numbers("precious"), { precious: 1 });
                assert.equal(await victim.quit(), 0);
            }));

        for (const [kind, what] of [
            ["mailbox-silent", "does not answer"],
            ["mailbox-churn", "removes requests"],
            ["mailbox-invalid", "sends invalid answers"],
        ] as const) {
            it(`${name}: a mailbox that ${what} is given up for a session script`, () =>
                withNamedVictim(name, `${kind}-${process.pid}`, async (victim) => {
                    await victim.order(`forge ${kind}`);
                    const client = await connect(victim.pid);
                    assert.equal(client.engine?.kind, "python", "a session script was sent");
                    assert.equal((await client.statistics()).active, 1);
                    await client.close();
                    await victim.order("unforge");
                    assert.equal(await victim.quit(), 0);
                }));
        }
    });
}

it(
    "the search for a mailbox touches no page of a terabyte of address space",
    { skip: whyNot("linux-x64") ?? false },
    () =>
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
