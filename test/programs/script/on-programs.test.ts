import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { attach, runScript } from "../../../host/index.js";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { type Target, whyNot } from "../../fixtures/support/targets.js";
import { TerminalSession } from "../../fixtures/support/terminal-session.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { assertErrorDocument, assertErrorText } from "../cli/expected-error.js";
import { withVictim } from "../cli/victims.js";
import { documentsOutput, documentsScript } from "./v2-document.js";

/** Scripts on real programs: of this system, and of Windows under Wine. */
for (const name of ["linux-x64", "win32-msvcrt"] as const) {
    const withPool = (work: (victim: Victim, target: Target, file: string) => Promise<void>) => () =>
        withVictim(name, async (victim, target) => {
            const { code, stderr } = await poolnv(["attach", String(victim.pid), "--detach"], target);
            assert.equal(code, 0, stderr);
            await victim.order("work 1 20000 4");
            const file = join(target.folder, "check script.txt");
            writeFileSync(file, documentsScript);
            await work(victim, target, file);
            assert.equal(await victim.quit(), 0);
        });

    describe(`diagnostic scripts on a ${name} program`, { skip: whyNot(name) ?? false }, () => {
        it(
            `the v2.0 document's script runs from a file, standard input and the console on ${name}`,
            withPool(async (victim, target, file) => {
                const fromFile = await poolnv(["run", String(victim.pid), file], target);
                assert.equal(fromFile.code, 0, fromFile.stderr);
                assert.match(fromFile.stdout, documentsOutput);
                const piped = { input: documentsScript, env: target.env };
                const fromInput = await poolnv(["run", String(victim.pid), "-"], piped);
                assert.equal(fromInput.code, 0, fromInput.stderr);
                assert.match(fromInput.stdout, documentsOutput);
                const commands = { input: `run ${file}\n`, env: target.env };
                const inConsole = await poolnv(["attach", String(victim.pid)], commands);
                assert.equal(inConsole.code, 0, inConsole.stderr);
                assert.match(inConsole.stdout, documentsOutput);
                const log = readFileSync(join(target.folder, await logOf(victim, target)), "utf8");
                assert.equal(
                    log.match(/=== Memory Pool Statistics ===/g)?.length,
                    3,
                    "each wrote its block to the log",
                );
            }),
        );

        it(
            `a script reads and changes the pool on ${name}`,
            withPool(async (victim) => {
                const pool = await attach(victim.pid);
                try {
                    const { printed, variables } = await runScript(
                        pool,
                        [
                            "int was",
                            "int now",
                            "set was to SetMemoryPoolActive 0",
                            "if IsMemoryPoolActive == 0 && GetMemoryPoolStats > 0",
                            '    PrintC "off, %d before" was',
                            "endif",
                            "set now to SetMemoryPoolActive 1",
                        ].join("\n"),
                    );
                    assert.deepEqual(printed, ["off, 0 before"]);
                    assert.deepEqual(variables, { was: 0, now: 1 });
                } finally {
                    await pool.close();
                }
            }),
        );

        it(
            `poolnv run --json prints one document on ${name}`,
            withPool(async (victim, target, file) => {
                const { code, stdout } = await poolnv(["run", String(victim.pid), file, "--json"], target);
                assert.equal(code, 0, stdout);
                const { printed, variables, results } = JSON.parse(stdout) as {
                    printed: string[];
                    variables: { usage: number };
                    results: { command: string; statistics: { pool_allocs: number } }[];
                };
                assert.match(printed.join("\n"), documentsOutput);
                assert.ok(printed[1]!.includes(variables.usage.toFixed(2)));
                assert.deepEqual(
                    results.map(({ command }) => command),
                    ["GetMemoryPoolStats"],
                );
                assert.ok(results[0]!.statistics.pool_allocs > 0);
            }),
        );

        it(
            `a script with a mistake in its last line has no effect on ${name}`,
            withPool(async (victim, target, file) => {
                writeFileSync(file, "SetMemoryPoolActive 0\nPrintC 5\n");
                const expected = {
                    exitCode: 2,
                    code: "BAD_SCRIPT",
                    message: /check script\.txt, line 2, column 8: expected a text in quotes/,
                    resolution: /PrintC "TEXT"/,
                } as const;
                assertErrorText(await poolnv(["run", String(victim.pid), file], target), expected);
                assertErrorDocument(await poolnv(["run", String(victim.pid), file, "--json"], target), expected);
                const { stdout } = await poolnv(["exec", String(victim.pid), "IsMemoryPoolActive"], target);
                assert.equal(stdout, "IsMemoryPoolActive >> 1");
            }),
        );
    });
}

describe("diagnostic scripts in the console of a terminal", { skip: whyNot("linux-x64") ?? false }, () => {
    it("a diagnostic script runs from the terminal console with its name completed", () =>
        withVictim("linux-x64", async (victim, target) => {
            writeFileSync(join(target.folder, "check script.txt"), documentsScript);
            const terminal = new TerminalSession(["attach", String(victim.pid), "--quiet"]);
            await terminal.shows(/poolnv .*> /);
            terminal.press(`run ${target.folder}/che\t`);
            await terminal.shows(/check script\.txt/);
            terminal.type("");
            await terminal.shows(/GetMemoryPoolStats >> \d+/);
            terminal.type("quit");
            assert.equal(await terminal.ended, 0);
            assert.match(terminal.text.replaceAll("\r", ""), documentsOutput);
            assert.equal(await victim.quit(), 0);
        }));
});

describe("diagnostic scripts without a pool", { skip: whyNot("linux-x64") ?? false }, () => {
    it("poolnv run is refused without a pool, with the resolution", () =>
        withVictim("linux-x64", async (victim) => {
            const run = await poolnv(["run", String(victim.pid), "-"], { input: documentsScript });
            assertErrorText(run, { exitCode: 5, code: "NO_POOL", message: /pool/, resolution: /poolnv attach/ });
        }));
});

/** The one log beside the program. */
async function logOf(victim: Victim, target: Target): Promise<string> {
    const { stdout } = await poolnv(["attach", String(victim.pid), "--detach", "--json"], target);
    const { log_file } = JSON.parse(stdout) as { log_file: string };
    return log_file.replace(/^.*[/\\]/, "");
}
