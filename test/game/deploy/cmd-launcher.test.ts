import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { cmdLauncher } from "../../../host/deploy/launcher/cmd.js";
import { escapeForCmd } from "../../../host/deploy/launcher/quote.js";
import { falloutNewVegas } from "../../../shared/games/falloutnv.js";
import { compileTarget } from "../../fixtures/prepare/compile.js";
import { readEnvironments } from "../../fixtures/prepare/environments.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { whyNot } from "../../fixtures/support/targets.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";

const { wine } = readEnvironments();

/** Writes its arguments into `NAME.args` in the working folder; ends with 3 if one contains `failing`, else with 0. */
const recorder = `
#include <stdio.h>
#include <string.h>
int main(int count, char **argv) {
    char name[64];
    const char *last = strrchr(argv[0], '\\\\');
    snprintf(name, sizeof name, "%.40s.args", last ? last + 1 : argv[0]);
    FILE *output = fopen(name, "w");
    for (int index = 1; index < count; index++) fprintf(output, "%s\\n", argv[index]);
    fclose(output);
    puts("recorded");
    return count > 2 && strstr(argv[1], "failing") ? 3 : 0;
}
`;

describe("the launcher for Windows, run by Wine's cmd", { skip: whyNot("win32-ucrt") ?? false }, () => {
    const scratch = scratchFolder();
    let program: Buffer;

    before(async () => {
        const source = join(scratch, "recorder.c");
        writeFileSync(source, recorder);
        program = readFileSync(
            await compileTarget(source, { target: "win32-ucrt", output: join(scratch, "recorder.exe") }),
        );
    });

    for (const name of ["plain", "100% %PATH% %0", "a ^ & b", "!x! (y) ' ; =", "%~dp0"]) {
        it(`launcher for Windows: starts the game and attaches, in a folder called ${name}`, async () => {
            const folder = makeGame(name);
            const { exitCode } = await launch(folder, join(folder, "bin.js"));
            assert.equal(exitCode, 0);
            await waitUntil("the game's start", () => existsSync(join(folder, "nvse_loader.exe.args")));
            assert.deepEqual(readFileSync(join(folder, "node.exe.args"), "latin1").split(/\r?\n/), [
                windows(join(folder, "bin.js")),
                ...["attach", "FalloutNV.exe", "--detach", "--wait", "300", ""],
            ]);
            assert.match(readFileSync(join(folder, "poolnv-launch.log"), "latin1"), /recorded/);
        });
    }

    it("launcher for Windows: starts the game also if attaching fails or poolnv was removed, and reports it", async () => {
        const folder = makeGame("failing");
        assert.equal((await launch(folder, join(folder, "bin.js"))).exitCode, 1);
        const other = makeGame("gone");
        const { exitCode, stdout } = await launch(other, join(other, "no bin.js"));
        assert.equal(exitCode, 1);
        assert.match(stdout, /without its pool: poolnv has been moved.*run: poolnv deploy/);
        await waitUntil("the game's start", () => existsSync(join(other, "nvse_loader.exe.args")));
    });

    it("escapeForCmd refuses characters that no Windows path has", () => {
        for (const path of ['a"b', "a\nb", "a\rb"]) assert.throws(() => escapeForCmd(path), { code: "USAGE" });
    });

    function makeGame(name: string): string {
        const folder = join(scratch, name);
        mkdirSync(folder, { recursive: true });
        for (const file of ["nvse_loader.exe", "node.exe"]) writeFileSync(join(folder, file), program);
        writeFileSync(join(folder, "bin.js"), "");
        return folder;
    }

    async function launch(folder: string, poolnv: string) {
        assert.ok(wine.ready);
        const [node, script] = [windows(join(folder, "node.exe")), windows(poolnv)];
        const rest = { game: falloutNewVegas, folder: windows(folder), prefix: null, onlyThroughSteam: false };
        const text = cmdLauncher({ ...rest, program: "nvse_loader.exe", node, poolnv: script });
        writeFileSync(join(folder, "poolnv-launch.cmd"), text);
        const env = { ...process.env, WINEPREFIX: wine.prefix, WINEDEBUG: "-all" };
        // Special characters in the path are for the launcher, not for the command line that starts it.
        const args = ["cmd", "/c", "poolnv-launch.cmd"];
        // Wine's services inherit it: a pipe would be open for half a minute after the launcher has ended.
        const shown = openSync(join(folder, "shown"), "w");
        const stdio = ["ignore" as const, shown, "ignore" as const];
        const program = spawn(wine.wine, args, { cwd: folder, env, timeout: 60_000, stdio });
        closeSync(shown);
        const [exitCode] = (await once(program, "exit")) as [number | null];
        return { exitCode, stdout: readFileSync(join(folder, "shown"), "latin1") };
    }
});

function windows(path: string): string {
    return "Z:" + path.replaceAll("/", "\\");
}
