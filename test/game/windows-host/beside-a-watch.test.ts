import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { makeTarget, type Target, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import {
    inHostPrefix,
    poolnvOnWindows,
    whyNoWindowsHost,
    windowsEngines,
    windowsTerminal,
} from "../../fixtures/support/windows-host.js";

/** Rounds of three commands at once; for a longer trial set POOLNV_TEST_ROUNDS. */
const rounds = Number(process.env["POOLNV_TEST_ROUNDS"] ?? 3);

for (const engine of windowsEngines) {
    describe(
        `several Windows hosts at once with the ${engine} engine`,
        { skip: whyNoWindowsHost() ?? whyNot("win32-msvcrt") ?? false },
        () => {
            let target: Target;
            let victim: Victim;

            before(async () => {
                target = inHostPrefix(await makeTarget("win32-msvcrt"));
                victim = await Victim.start(target);
            });
            after(async () => {
                victim.kill();
                await victim.exited;
                target.remove();
            });

            it(`Windows host: ${rounds} rounds of three exec at once beside a watch are all answered`, async () => {
                const words = (command: string, ...rest: string[]) => [
                    ...[command, target.processName],
                    ...[...rest, "--engine", engine],
                ];
                const attached = await poolnvOnWindows(words("attach", "--detach"));
                assert.equal(attached.code, 0, attached.stderr);
                const watch = windowsTerminal(words("watch"));
                try {
                    await watch.shows(/Ctrl-C ends the view/, 0, longMs);
                    await victim.order("load");
                    for (let round = 1; round <= rounds; round++) {
                        const from = watch.text.length;
                        const commands = ["IsMemoryPoolActive", "GetMemoryPoolUsage", "GetMemoryPoolHistogram"];
                        const began = Date.now();
                        const runs = commands.map((command) => poolnvOnWindows(words("exec", command)));
                        for (const [index, { code, stdout, stderr }] of (await Promise.all(runs)).entries()) {
                            assert.equal(code, 0, `round ${round}: ${stderr}`);
                            assert.match(stdout, new RegExp(`^${commands[index]} >> \\d`, "m"), `round ${round}`);
                        }
                        await watch.shows(/used +\d/, from); // it goes on
                        console.log(`round ${round} of ${rounds}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
                    }
                    watch.interrupt();
                    assert.equal(await watch.ended, 0, watch.text);
                } finally {
                    watch.close();
                }
                assert.equal((await victim.numbers("rest"))["corruptions"], 0);
                assert.equal(await victim.quit(), 0);
            });
        },
    );
}

/** A first answer may take so long on a busy machine, in milliseconds. */
const longMs = 60_000;
