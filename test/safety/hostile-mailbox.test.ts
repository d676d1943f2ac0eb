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
                await assert.rejects(connect(victim.pid), { name: "UserError", code: "FORGED_POOL" });
                assert.deepEqual(await victim.numbers("precious"), { precious: 1 });
                assert.equal(await victim.quit(), 0);
            }));

        for (const [kind, what] of [
            ["mailbox-silent", "does not answer"],
            ["mailbox-churn", "removes requests"],
            ["mailbox-invalid", "sends invalid answers"],
        ] as const) {
            it(`${name}: a mailbox that ${what} is reported as NOT_ANSWERING`, () =>
                withNamedVictim(name, `${kind}-${process.pid}`, async (victim) => {
                    await victim.order(`forge ${kind}`);
                    const refused = { name: "UserError", code: "NOT_ANSWERING" };
                    await assert.rejects(connect(victim.pid, { answerLimitMs: 1_000 }), refused);
                    await victim.order("unforge");
                    assert.equal(await victim.quit(), 0);
                }));
        }

        it(`${name}: a pool of another format is refused without an engine, and one that knows fewer requests names that`, () =>
            withNamedVictim(name, `format-${process.pid}`, async (victim) => {
                const lines: string[] = [];
                const onProgress = (line: string): number => lines.push(line);
                await victim.order("forge version");
                await assert.rejects(connect(victim.pid, { onProgress }), {
                    name: "UserError",
                    code: "FOREIGN_VERSION",
                });
                await victim.order("forge old");
                const client = await connect(victim.pid, { onProgress });
                await assert.rejects(client.statistics(), {
                    name: "UserError",
                    code: "FOREIGN_VERSION",
                    resolution: /Restart the program/,
                });
                await client.close();
                assert.deepEqual(lines, [], "no engine was started");
                await victim.order("unforge");
                assert.equal(await victim.quit(), 0);
            }));
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
