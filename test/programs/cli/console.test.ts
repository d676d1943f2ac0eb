import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { isRunning } from "../../fixtures/support/running.js";
import { type Target, whyNot } from "../../fixtures/support/targets.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { ConsoleProcess } from "./console-process.js";
import { withVictim } from "./victims.js";

/** The console over a pipe, on a program of this system and on a Windows program under Wine. */
for (const name of ["linux-x64", "win32-msvcrt"] as const) {
    const attached =
        (work: (held: ConsoleProcess, victim: Victim, target: Target) => Promise<void>): (() => Promise<void>) =>
        () =>
            withVictim(name, async (victim, target) => {
                const held = new ConsoleProcess(["attach", target.processName, "--quiet"], target.env);
                try {
                    await held.hears(/has its pool\./);
                    held.say("IsMemoryPoolActive");
                    await held.hears(/^IsMemoryPoolActive >> 1$/m);
                    await work(held, victim, target);
                } finally {
                    held.close();
                }
            });

    describe(`the console of a ${name} program`, { skip: whyNot(name) ?? false }, () => {
        it(
            `the console of a ${name} program answers line by line, continues after a mistake and leaves at end of input`,
            attached(async (held, victim) => {
                await victim.order("work 1 20000 4");
                held.say("getmemorypoolstats ; in any case");
                await held.hears(/^=== Memory Pool Statistics ===\n(.+\n){6}GetMemoryPoolStats >> \d+$/m);
                held.say("GetMemoryPoolUsages");
                held.say("SetMemoryPoolActive 0");
                await held.hears(/^SetMemoryPoolActive >> 0$/m);
                assert.match(held.stderr, /Did you mean GetMemoryPoolUsage\?/);
                held.say("SetMemoryPoolActive 1");
                await held.hears(/^SetMemoryPoolActive >> 1$/m);
                held.say("GetMemoryPoolHistogram");
                await held.hears(/^GetMemoryPoolHistogram >> \d+$/m);
                held.say("ResetMemoryPool");
                await held.hears(/^ResetMemoryPool >> \d+$/m);
                held.say("help");
                await held.hears(/^quit +leave/m);
                held.process.stdin.end();
                assert.equal(await held.ended, 2, "the mistake decides the exit code");
                assert.equal((await victim.numbers("work 2 20000 4"))["corruptions"], 0);
                assert.equal(await victim.quit(), 0);
            }),
        );

        it(
            `the console of a ${name} program leaves at quit`,
            attached(async (held, victim) => {
                const before = await victim.numbers("counters");
                held.say("quit");
                assert.equal(await held.ended, 0);
                assert.equal((await victim.numbers("work 3 20000 4"))["corruptions"], 0);
                const after = await victim.numbers("counters");
                assert.ok(after["pool_allocs"]! > before["pool_allocs"]!, "the pool goes on serving it");
                assert.equal(await victim.quit(), 0);
            }),
        );

        it(
            `the console of a ${name} program reports that the program has ended`,
            attached(async (held, victim, target) => {
                assert.equal(await victim.quit(), 0);
                assert.equal(await held.ended, 3);
                const [message = "", resolution = ""] = held.stderr.trimEnd().split("\n").slice(-2);
                assert.match(message, RegExp(`^error: .*${target.processName}.* is gone: the program has ended\\.`));
                assert.match(resolution, /^ {2}Start it again/);
            }),
        );

        it(
            `the console of a ${name} program reports that the program was killed`,
            attached(async (held, victim) => {
                victim.kill();
                assert.equal(await held.ended, 3);
                assert.match(held.stderr, /is gone: the program has ended/);
            }),
        );

        for (const signal of ["SIGINT", "SIGHUP", "SIGTERM", "SIGKILL"] as const) {
            it(
                `the console of a ${name} program, ended by ${signal}, leaves the program running with its pool`,
                attached(async (held, victim, target) => {
                    await victim.order("load");
                    held.process.kill(signal);
                    await held.ended;
                    assert.equal(isRunning(victim.pid), true);
                    assert.equal((await victim.numbers("rest"))["corruptions"], 0);
                    const again = await poolnv(["exec", target.processName, "IsMemoryPoolActive"], target);
                    assert.equal(again.stdout, "IsMemoryPoolActive >> 1", again.stderr);
                    assert.equal(await victim.quit(), 0);
                }),
            );
        }

        it("poolnv attach finds the existing pool by every name of the program", () =>
            withVictim(name, async (victim, target) => {
                const bare = target.processName.replace(/\.exe$/, "");
                const names = [target.processName, bare, bare.toUpperCase(), bare.toLowerCase(), String(victim.pid)];
                for (const [index, wanted] of names.entries()) {
                    const { code, stdout, stderr } = await poolnv(["attach", wanted], {
                        input: "GetMemoryPoolStats\n",
                        env: target.env,
                    });
                    assert.equal(code, 0, stderr);
                    assert.match(stdout, index === 0 ? /has its pool\.$/m : /has its pool already\.$/m);
                    assert.match(stdout, /^=== Memory Pool Statistics ===$/m);
                    assert.match(stdout, /^GetMemoryPoolStats >> \d+$/m);
                }
                assert.equal(await victim.quit(), 0);
            }));
    });
}
