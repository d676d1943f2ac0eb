import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { whyNot } from "../../fixtures/support/targets.js";
import type { TerminalSession } from "../../fixtures/support/terminal-session.js";
import {
    poolnvOnWindows,
    whyNoWindowsHost,
    windowsEngines,
    windowsTerminal,
} from "../../fixtures/support/windows-host.js";
import { startWindowsVictim } from "../../fixtures/support/windows-victim.js";

/** Rounds of three commands at once; for a longer trial set POOLNV_TEST_ROUNDS. */
const rounds = Number(process.env["POOLNV_TEST_ROUNDS"] ?? 3);

for (const engine of windowsEngines) {
    describe(
        `several Windows hosts at once with the ${engine} engine`,
        { skip: whyNoWindowsHost(engine) ?? whyNot("win32-msvcrt") ?? false },
        () => {
            const host = startWindowsVictim();

            const words = (command: string, ...rest: string[]) => [
                ...[command, host.target.processName],
                ...[...rest, "--engine", engine],
            ];

            it("Windows host: attach installs the pool that several hosts ask", async () => {
                const { code, stderr } = await poolnvOnWindows(words("attach", "--detach"));
                assert.equal(code, 0, stderr);
            });

            it(`Windows host: ${rounds} rounds of three exec at once beside a watch are all answered`, () =>
                besideAWatch(async (watch) => {
                    for (let round = 1; round <= rounds; round++) {
                        const from = watch.text.length;
                        await threeAtOnce(round);
                        await watch.shows(/used +\d/, from); // it goes on
                    }
                }));

            it("Windows host: the program that several hosts have asked ends with exit code 0", async () => {
                assert.equal((await host.victim.numbers("work 1000 20000 4"))["corruptions"], 0);
                assert.equal(await host.victim.quit(), 0);
            });

            async function besideAWatch(work: (watch: TerminalSession) => Promise<void>): Promise<void> {
                const watch = windowsTerminal(words("watch"));
                try {
                    await watch.shows(/Ctrl-C ends the view/, 0, longMs);
                    await work(watch);
                    watch.interrupt();
                    assert.equal(await watch.ended, 0, watch.text);
                } finally {
                    watch.close();
                }
            }

            async function threeAtOnce(round: number): Promise<void> {
                const began = Date.now();
                const commands = ["IsMemoryPoolActive", "GetMemoryPoolUsage", "GetMemoryPoolHistogram"];
                const runs = commands.map((command) => poolnvOnWindows(words("exec", command)));
                const worked = await host.victim.numbers(`work ${round} 20000 4`);
                assert.equal(worked["corruptions"], 0, `round ${round}`);
                for (const [index, { code, stdout, stderr }] of (await Promise.all(runs)).entries()) {
                    assert.equal(code, 0, `round ${round}: ${stderr}`);
                    assert.match(stdout, new RegExp(`^${commands[index]} >> \\d`, "m"), `round ${round}`);
                }
                console.log(`round ${round} of ${rounds}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
            }
        },
    );
}

/** A first answer may take so long on a busy machine, in milliseconds. */
const longMs = 60_000;
