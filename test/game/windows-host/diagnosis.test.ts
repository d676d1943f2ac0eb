import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { strFromU8, unzipSync } from "fflate";
import { whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { poolnvOnWindows, whyNoWindowsHost, windowsEngines } from "../../fixtures/support/windows-host.js";
import { startWindowsVictim } from "../../fixtures/support/windows-victim.js";
import { assertErrorDocument, assertErrorText } from "../../programs/cli/expected-error.js";
import { documentsOutput, documentsScript } from "../../programs/script/v2-document.js";

/** What is asked of a running program besides its statistics, and what is refused. */
for (const engine of windowsEngines) {
    describe(
        `a Windows host asks a program with the ${engine} engine`,
        { skip: whyNoWindowsHost(engine) ?? whyNot("win32-msvcrt") ?? false },
        () => {
            const host = startWindowsVictim();
            const run = (command: string, ...rest: string[]) =>
                poolnvOnWindows([command, host.target.processName, "--engine", engine, ...rest]);

            it("Windows host: exec refuses a program without a pool", async () => {
                assertErrorText(await run("exec", "GetMemoryPoolUsage"), {
                    exitCode: 5,
                    code: "NO_POOL",
                    message: /no pool/,
                    resolution: /poolnv attach/,
                });
            });

            it("Windows host: attach refuses a log that can't be written and leaves the program as it is", async () => {
                assertErrorDocument(await run("attach", "--json", "--log", "C:\\nowhere\\pool.log"), {
                    exitCode: 2,
                    code: "LOG_NOT_WRITABLE",
                    message: /C:\\nowhere\\pool\.log/,
                    resolution: /--log FILE/,
                });
                assert.equal(await host.victim.order("counters"), "none");
            });

            it("Windows host: attach lists the programs of one name and installs nothing", async () => {
                const second = await Victim.start(host.target);
                try {
                    assertErrorText(await run("attach", "--detach"), {
                        exitCode: 3,
                        code: "AMBIGUOUS_PROCESS",
                        message: /2 processes.*\(pid \d+\).*\(pid \d+\)/,
                        resolution: /poolnv attach \d+/,
                    });
                    assert.equal(await second.order("counters"), "none");
                } finally {
                    second.kill();
                    await second.exited;
                }
            });

            it("Windows host: the console reads commands from a pipe, and a mistake decides its exit code", async () => {
                const input = "isMemoryPoolActive ; any case\nGetMemoryPoolUsages\nGetMemoryPoolUsage\n";
                const { code, stdout, stderr } = await poolnvOnWindows(
                    ["attach", host.target.processName, "--engine", engine, "--pool-size", "256"],
                    { input, piped: true },
                );
                assert.equal(code, 2, stderr);
                assert.match(
                    stdout,
                    /has its pool\.\n[^]*256 MB[^]*IsMemoryPoolActive >> 1\nGetMemoryPoolUsage >> \d+\.\d\d$/,
                );
                assert.match(stderr, /Did you mean GetMemoryPoolUsage\?/);
            });

            it("Windows host: run carries out a script with Windows line ends", async () => {
                const script = join(host.target.folder, "check.txt");
                writeFileSync(script, documentsScript.replaceAll("\n", "\r\n"));
                const { code, stdout, stderr } = await run("run", host.target.ownPath(script));
                assert.equal(code, 0, stderr);
                assert.match(stdout, documentsOutput);
            });

            it("Windows host: top names the callers as a JSON document", async () => {
                const asked = run("top", "--seconds", "3", "--one-in", "100", "--json");
                let isOver = false;
                void asked.finally(() => (isOver = true));
                while (!isOver) await host.victim.numbers("work 3 20000 4");
                const { code, stdout, stderr } = await asked;
                assert.equal(code, 0, stderr);
                const { callers } = JSON.parse(stdout) as { callers: { caller: string }[] };
                assert.ok(callers.length > 0, stdout);
                assert.match(stdout, new RegExp(host.target.processName.replace(".", "\\.")));
            });

            it("Windows host: watch writes a CSV file, and refuses to write over it", async () => {
                const csv = join(host.target.folder, "samples.csv");
                const options = ["--count", "2", "--interval", "0.2", "--csv", host.target.ownPath(csv)];
                const { code, stderr } = await run("watch", ...options);
                assert.equal(code, 0, stderr);
                const [head, ...samples] = readFileSync(csv, "utf8").trimEnd().split("\n");
                assert.match(head!, /^time,elapsed_s,active,/);
                assert.equal(samples.length, 2);
                assert.equal((await run("watch", ...options)).code, 2);
            });

            it("Windows host: support collects the statistics and the log of the running program", async () => {
                const file = join(host.target.folder, "bundle.zip");
                const { code, stderr } = await run("support", "--output", host.target.ownPath(file), "--yes");
                assert.equal(code, 0, stderr);
                const files = unzipSync(readFileSync(file));
                const { statistics } = JSON.parse(strFromU8(files["statistics.json"]!)) as {
                    statistics: { active: number };
                };
                assert.equal(statistics.active, 1);
                assert.match(strFromU8(files["pool.log"]!), /Z prepared: pool of 256 MB/);
            });

            it("Windows host: a program that ends while it is watched is reported", async () => {
                const csv = join(host.target.folder, "last.csv");
                const watched = run("watch", "--interval", "0.2", "--csv", host.target.ownPath(csv));
                await waitUntil("a sample", () => existsSync(csv) && readFileSync(csv, "utf8").includes("Z,"), 60_000);
                await host.victim.quit(0);
                const { code, stdout, stderr } = await watched;
                assert.equal(code, 0, stderr);
                assert.match(stdout, /\(pid \d+\) is gone: the program has ended\.$/);
                assert.equal(await host.victim.exited, 0);
            });
        },
    );
}
