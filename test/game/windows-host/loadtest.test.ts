import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { windowsPath } from "../../../host/process/wine.js";
import { buildStandin } from "../../fixtures/standin/build-standin.js";
import { pidsWhere } from "../../fixtures/support/running.js";
import { whyNot } from "../../fixtures/support/targets.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import {
    oneGameAtATime,
    poolnvOnWindows,
    whyNoWindowsHost,
    windowsEngines,
    windowsTerminal,
} from "../../fixtures/support/windows-host.js";
import { assertJunit, assertVerdicts, type Expected } from "../loadtest/expected-verdicts.js";
import { cutOff, writeSaves } from "../loadtest/folder-of-saves.js";
import { documentOf } from "../report/read-file.js";

const expected: Record<string, Expected> = {
    "Save 1.fos": ["passed"],
    "Save 2.fos": ["crashed", /0xC0000005 \(access violation\) at 0x[0-9a-f]{8} in FalloutNV.exe\+0x/],
    "Save 3.fos": ["hung", /^no frame has gone by for \d+ s/],
    "Save 4.fos": ["unreadable", /it ends at byte 40/],
};

for (const engine of windowsEngines) {
    describe(
        `poolnv loadtest as a Windows program with the ${engine} engine`,
        { skip: whyNoWindowsHost(engine) ?? whyNot("win32-ucrt") ?? false },
        () => {
            oneGameAtATime();
            let program: string;
            let folder: string;
            let results: string;
            const isProgram = (args: string[]) => args.includes(windowsPath(program));

            before(async () => {
                program = await buildStandin();
                folder = dirname(program);
                results = join(folder, "results.jsonl");
                writeSaves(join(folder, "saves"), { "Save 1": {}, "Save 2": {}, "Save 3": {}, "Save 4": cutOff });
            });
            after(() => {
                for (const pid of pidsWhere(isProgram)) process.kill(pid, "SIGKILL");
                rmSync(folder, { recursive: true, force: true });
            });

            const words = (...options: string[]) => [
                ...["loadtest", windowsPath(join(folder, "saves")), "--results", windowsPath(results)],
                ...["--engine", engine, "--pool-size", "64", "--soak", "5", "--hang-limit", "3", ...options],
                ...["--program", windowsPath(program), "--", "--saves", windowsPath(join(folder, "saves"))],
                ...["--load-factor", "16", "--crashes-by", "Save 2", "--hangs-by", "Save 3", "--seconds", "600"],
            ];

            it("Windows host: Ctrl-C ends a load test and its program, and says how to continue", async () => {
                const terminal = windowsTerminal(words(), folder);
                try {
                    const hasInstalled = () =>
                        existsSync(results) && readFileSync(results, "utf8").includes('"event":"installed"');
                    await waitUntil("the first save is under test", hasInstalled, 90_000);
                    terminal.interrupt();
                    await terminal.ended;
                } finally {
                    terminal.close();
                }
                assert.match(terminal.text, /The run was interrupted; to continue it: --resume/);
                assert.match(readFileSync(results, "utf8"), /"kind":"end".*"reason":"interrupted"/);
                await waitUntil("the program is ended", () => pidsWhere(isProgram).length === 0);
            });

            it("Windows host: loadtest --resume gives each save its verdict, and writes page and JUnit", async () => {
                const [page, junit] = [join(folder, "page.html"), join(folder, "verdicts.xml")];
                const outputs = ["--report", windowsPath(page), "--junit", windowsPath(junit)];
                const run = await poolnvOnWindows(words("--resume", ...outputs), { cwd: folder, timeout: 180_000 });
                assert.equal(run.code, 6, run.stderr);
                const found = await assertVerdicts(results, expected);
                assert.equal(found.get("Save 2.fos")!.exit!.code, 0xc0000005);
                assertJunit(readFileSync(junit, "utf8"), expected);
                assert.deepEqual(
                    documentOf(page).saves.map(({ outcome }) => outcome),
                    Object.values(expected).map(([verdict]) => verdict),
                );
                assert.deepEqual(pidsWhere(isProgram), [], "the started program is ended");
            });
        },
    );
}
