import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { windowsPath } from "../../../host/process/wine.js";
import { type CompileTarget, compileTarget } from "../../fixtures/prepare/compile.js";
import { poolnv, type Run } from "../../fixtures/support/poolnv.js";
import { whyNot, wineEnvironment } from "../../fixtures/support/targets.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { poolnvOnWindows, whyNoWindowsHost } from "../../fixtures/support/windows-host.js";

/** Writes its working directory to the file that it is given. */
const source = `
#include <stdio.h>
#include <stdlib.h>
#ifdef _WIN32
#include <direct.h>
#define getcwd _getcwd
#else
#include <unistd.h>
#endif
int main(int count, char **words) {
    char folder[4096];
    FILE *file = fopen(words[1], "w");
    if (file == NULL || getcwd(folder, sizeof folder) == NULL) return 1;
    free(malloc(100));
    fputs(folder, file);
    return fclose(file);
}
`;

interface Host {
    readonly name: string;
    readonly target: CompileTarget;
    readonly missing: string | null;
    readonly run: (args: string[]) => Promise<Run>;
    /** A path of this system, as the host writes it. */
    readonly ownPath: (path: string) => string;
    /** The same, as the program writes it. */
    readonly programsPath: (path: string) => string;
    /** What the host says of a file that is no program of its system. */
    readonly noProgram: RegExp;
}

const onLinux = (args: string[]) => poolnv(args, { env: wineEnvironmentIfAny() });
const same = (path: string) => path;

const hosts: readonly Host[] = [
    {
        name: "Linux host, Linux program",
        target: "linux-x64",
        missing: whyNot("linux-x64"),
        run: onLinux,
        ownPath: same,
        programsPath: same,
        noProgram: /perl script\.pl/,
    },
    {
        name: "Linux host, Windows program",
        target: "win32-msvcrt",
        missing: whyNot("win32-msvcrt"),
        run: onLinux,
        ownPath: same,
        programsPath: windowsPath,
        noProgram: /\.exe for this Windows/,
    },
    {
        name: "Windows host, Windows program",
        target: "win32-msvcrt",
        missing: whyNoWindowsHost() ?? whyNot("win32-msvcrt"),
        run: poolnvOnWindows,
        ownPath: windowsPath,
        programsPath: windowsPath,
        noProgram: /\.exe for this Windows/,
    },
];

for (const { name, target, missing, run, ownPath, programsPath, noProgram } of hosts) {
    describe(`the file that launch is given: ${name}`, { skip: missing ?? false }, () => {
        const isWindows = target !== "linux-x64";
        let folder: string;
        let program: string;

        before(async () => {
            folder = mkdtempSync(join(tmpdir(), "poolnv-folder-"));
            for (const part of ["own", "other"]) mkdirSync(join(folder, part));
            writeFileSync(join(folder, "where.c"), source);
            const output = join(folder, "own", isWindows ? "where.exe" : "where");
            program = await compileTarget(join(folder, "where.c"), { target, output });
            if (name.startsWith("Windows")) {
                const { code, stderr } = await run(["setup", "--engine", "python"]);
                assert.equal(code, 0, stderr);
            }
        });
        after(() => rmSync(folder, { recursive: true, force: true }));

        /** The working directory of the program, launched with the options. */
        async function folderWith(...options: string[]): Promise<string> {
            const answer = join(folder, "answer");
            rmSync(answer, { force: true });
            const { code, stderr } = await launch(options, program, programsPath(answer));
            assert.equal(code, 0, stderr);
            await waitUntil("the program's answer", () => existsSync(answer) && readFileSync(answer).length > 0);
            return readFileSync(answer, "utf8");
        }

        const launch = (options: string[], file: string, ...args: string[]) =>
            run(["launch", "--detach", "--quiet", ...options, "--", ownPath(file), ...args]);

        const usual = isWindows ? "the program's own folder" : "the folder that poolnv was started in";
        it(`${name}: launch starts it in ${usual}, and with --cwd in another`, async () => {
            const expected = isWindows ? programsPath(join(folder, "own")) : process.cwd();
            assert.equal(await folderWith(), expected);
            assert.equal(
                await folderWith("--cwd", ownPath(join(folder, "other"))),
                programsPath(join(folder, "other")),
            );
        });

        it(`${name}: launch refuses a --cwd that does not exist, or is a file, with exit code 2`, async () => {
            for (const wrong of [join(folder, "missing"), program]) {
                const { code, stderr } = await launch(["--cwd", ownPath(wrong)], program, "never");
                assert.equal(code, 2, stderr);
                assert.match(stderr, /^error: there is no folder .*\n {2}Name one that exists: --cwd FOLDER$/m);
            }
        });

        it(`${name}: launch says of a file that is no program of this system what to name instead, exit code 5`, async () => {
            const text = join(folder, isWindows ? "text.exe" : "script.pl");
            writeFileSync(text, isWindows ? "This is no program.\n" : "#!/usr/bin/perl\n");
            chmodSync(text, 0o755);
            const foreign = join(folder, isWindows ? "foreign.exe" : "foreign");
            writeFileSync(foreign, isWindows ? forOtherProcessor(readFileSync(program)) : "\x7fELF of nothing");
            chmodSync(foreign, 0o755);
            for (const file of [text, foreign]) {
                const { code, stderr } = await launch([], file);
                assert.equal(code, 5, stderr);
                assert.match(stderr, /^error: .* is no program of this system/m);
                assert.match(stderr, noProgram);
            }
        });
    });
}

/** The same program, for a processor that this system does not have. */
function forOtherProcessor(program: Buffer): Buffer {
    const changed = Buffer.from(program);
    const machineAt = changed.readUInt32LE(0x3c) + 4; // IMAGE_FILE_HEADER.Machine, after the signature "PE"
    changed.writeUInt16LE(0xaa64, machineAt);
    return changed;
}

function wineEnvironmentIfAny(): Record<string, string> {
    return whyNot("win32-msvcrt") === null ? wineEnvironment() : {};
}
