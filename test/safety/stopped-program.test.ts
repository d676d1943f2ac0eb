import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { attach } from "../../host/client/open.js";
import type { PoolClient } from "../../host/client/pool-client.js";
import { UserError } from "../../host/errors.js";
import { pollUntil } from "../../host/process/poll.js";
import { childrenOf, isRunning } from "../fixtures/support/running.js";
import { stopProgram } from "../fixtures/support/stop-program.js";
import { whyNot } from "../fixtures/support/targets.js";
import { ConsoleProcess } from "../programs/cli/console-process.js";
import { assertFails } from "../programs/cli/expected-error.js";
import { withNamedVictim } from "./named-victim.js";

/** No command waits for ever for a program that does not answer; the program goes on as it was. */
for (const name of ["linux-x64", "win32-msvcrt"] as const) {
    const program = `stopped-${process.pid}.exe`;

    describe(`a ${name} program that is stopped`, { skip: whyNot(name) ?? false }, () => {
        it(`attach refuses a stopped ${name} program, unchanged, and says how to continue it`, () =>
            withNamedVictim(name, program, async (victim, target) => {
                await stopProgram(victim.pid);
                await assertFails(
                    ["attach", program],
                    { exitCode: 5, code: "NOT_ANSWERING", message: /is stopped/, resolution: /kill -CONT \d+$/ },
                    target.env,
                );
                process.kill(victim.pid, "SIGCONT");
                assert.equal(await victim.order("counters"), "none");
                assert.equal(await victim.quit(), 0);
            }));

        it(`a ${name} program stopped in a session: a request times out, later ones fail at once, until it continues`, () =>
            withNamedVictim(name, program, async (victim) => {
                await withSession(program, 3000, async (session) => {
                    await stopProgram(victim.pid);
                    const expected = { name: "UserError", code: "NOT_ANSWERING" };
                    await assert.rejects(session.statistics(), { ...expected, message: /within 3 s/ });
                    await assert.rejects(session.resetMemoryPool(), { ...expected, message: /still does not answer/ });
                    process.kill(victim.pid, "SIGCONT");
                    assert.equal(await activeAgain(session), 1);
                });
                assert.equal((await victim.numbers("work 1 10000 4"))["corruptions"], 0);
                assert.equal(await victim.quit(), 0);
            }));

        it(`a ${name} program stopped in a session: the session can be closed, and the program continues later`, () =>
            withNamedVictim(name, program, async (victim) => {
                await withSession(program, 1000, async (session) => {
                    await stopProgram(victim.pid);
                    await assert.rejects(session.statistics(), { name: "UserError", code: "NOT_ANSWERING" });
                });
                process.kill(victim.pid, "SIGCONT");
                assert.equal((await victim.numbers("work 1 10000 4"))["corruptions"], 0);
                assert.equal(await victim.quit(), 0);
            }));
    });
}

describe("a program that hangs in its pool", { skip: whyNot("linux-x64") ?? false }, () => {
    it("a program that hangs in its pool: Ctrl-C ends the command that waits for it, which has no worker", () =>
        withNamedVictim("linux-x64", `hanging-${process.pid}`, async (victim) => {
            await victim.order("forge hang");
            const asking = new ConsoleProcess(["exec", String(victim.pid), "GetMemoryPoolUsage"]);
            try {
                await pause(3000);
                assert.ok(isRunning(asking.process.pid!), "it waits");
                assert.deepEqual(childrenOf(asking.process.pid!), []);
                asking.process.kill("SIGINT");
                await asking.ended;
                assert.equal(asking.process.signalCode, "SIGINT");
                assert.equal((await victim.numbers("work 1 10000 4"))["corruptions"], 0);
                await victim.order("unforge");
                assert.equal(await victim.quit(), 0);
            } finally {
                asking.close();
            }
        }));
});

/** A session that is closed also if the test fails: an open one would keep the test's process alive. */
async function withSession(
    program: string,
    answerLimitMs: number,
    work: (session: PoolClient) => Promise<void>,
): Promise<void> {
    const session = await attach(program, { answerLimitMs });
    try {
        await work(session);
    } finally {
        await session.close();
    }
}

/** Whether the pool is active, once the program answers again; null if it does not. */
async function activeAgain(session: PoolClient): Promise<number | null> {
    return pollUntil(
        async () => {
            try {
                return (await session.statistics()).active;
            } catch (error) {
                if (!(error instanceof UserError) || error.code !== "NOT_ANSWERING") throw error;
                return null;
            }
        },
        { everyMs: 100, limitMs: 60_000 },
    );
}
