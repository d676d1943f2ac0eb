import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { windowsPath } from "../../../host/process/wine.js";
import { compileTarget } from "../../fixtures/prepare/compile.js";
import { pidsWhere } from "../../fixtures/support/running.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { whyNot } from "../../fixtures/support/targets.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import {
    poolnvOnWindows,
    whyNoWindowsHost,
    windowsEngines,
    windowsTerminal,
} from "../../fixtures/support/windows-host.js";
import { assertErrorText } from "../../programs/cli/expected-error.js";

/** Writes its arguments and its working folder into `said.txt` beside it; ends with 7 when `leave` is there. */
const obedient = `
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>
int main(int count, char **argv) {
    char folder[MAX_PATH], place[MAX_PATH], path[MAX_PATH];
    GetCurrentDirectoryA(sizeof folder, folder);
    GetModuleFileNameA(NULL, place, sizeof place);
    *(strrchr(place, '\\\\') + 1) = 0;
    snprintf(path, sizeof path, "%ssaid.txt", place);
    FILE *said = fopen(path, "w");
    for (int index = 1; index < count; index++) fprintf(said, "%s\\n", argv[index]);
    fprintf(said, "in %s\\n", folder);
    fclose(said);
    snprintf(path, sizeof path, "%sleave", place);
    while (GetFileAttributesA(path) == INVALID_FILE_ATTRIBUTES) {
        free(malloc(100));
        Sleep(20);
    }
    return 7;
}
`;

for (const engine of windowsEngines) {
    describe(
        `poolnv launch as a Windows program with the ${engine} engine`,
        { skip: whyNoWindowsHost(engine) ?? whyNot("win32-msvcrt") ?? false },
        () => {
            const folder = scratchFolder();
            const name = `launched-${folder.slice(-6)}.exe`;
            const program = join(folder, name);
            const itsPids = () => pidsWhere(([first]) => first?.endsWith(name) === true);

            before(async () => {
                writeFileSync(join(folder, "obedient.c"), `#include <string.h>\n${obedient}`);
                await compileTarget(join(folder, "obedient.c"), { target: "win32-msvcrt", output: program });
            });

            it("Windows host: launch that fails leaves no suspended program behind", async () => {
                const options = ["--engine", engine, "--log", "C:\\nowhere\\pool.log"];
                assertErrorText(await poolnvOnWindows(["launch", ...options, "--", windowsPath(program)]), {
                    exitCode: 2,
                    code: "LOG_NOT_WRITABLE",
                    message: /nowhere/,
                    resolution: /--log/,
                });
                await waitUntil("it is gone", () => itsPids().length === 0);
                assert.ok(!existsSync(join(folder, "said.txt")), "it never ran");
            });

            it("Windows host: launch passes arguments on, and its console leaves the program running", async () => {
                const words = ["launch", "--engine", engine, "--", windowsPath(program), "a b", 'q"u', "back\\", ""];
                const terminal = windowsTerminal(words, folder);
                try {
                    await terminal.shows(/has its pool\.[^]*poolnv .*>/, 0, 60_000);
                    terminal.type("IsMemoryPoolActive");
                    await terminal.shows(/IsMemoryPoolActive >> 1/);
                    terminal.type("quit");
                    assert.equal(await terminal.ended, 0, terminal.text);
                } finally {
                    terminal.close();
                }
                const said = () =>
                    existsSync(join(folder, "said.txt")) ? readFileSync(join(folder, "said.txt"), "latin1") : "";
                await waitUntil("its arguments", () => /^in /m.test(said()));
                assert.match(said(), /^a b\r?\nq"u\r?\nback\\\r?\n\r?\nin Z:/);
                const asked = await poolnvOnWindows(["exec", name, "GetMemoryPoolStats", "--engine", engine, "--json"]);
                assert.equal(asked.code, 0, asked.stderr);
                assert.ok((JSON.parse(asked.stdout) as { pool_allocs: number }).pool_allocs > 0, asked.stdout);
                writeFileSync(join(folder, "leave"), "");
                await waitUntil("it ends", () => itsPids().length === 0);
            });
        },
    );
}
