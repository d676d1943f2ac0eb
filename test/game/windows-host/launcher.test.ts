import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { compileTarget } from "../../fixtures/prepare/compile.js";
import { pidsWhere } from "../../fixtures/support/running.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { whyNot } from "../../fixtures/support/targets.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import {
    oneGameAtATime,
    poolnvOnWindows,
    runOnWindows,
    whyNoWindowsHost,
    windowsHostFolders,
    windowsNode,
} from "../../fixtures/support/windows-host.js";
import { makeTinyGame } from "../deploy/tiny-game.js";

/** The game: writes its arguments into `said.txt` in its working folder, and ends after `leave` is there or a minute. */
const game = `
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>
int main(int count, char **argv) {
    FILE *said = fopen("said.txt", "w");
    for (int index = 1; index < count; index++) fprintf(said, "%s\\n", argv[index]);
    fclose(said);
    for (int index = 0; index < 3000 && GetFileAttributesA("leave") == INVALID_FILE_ATTRIBUTES; index++) {
        free(malloc(100));
        Sleep(20);
    }
    return 0;
}
`;

/** Wine's cmd expands the contents of variables once more and does not read UTF-8: `%` and `ä` need a folder each. */
const names = ["New Vegas", "ä & ( ) !", "a & % ( ) !"];

describe(
    "the launcher that Windows poolnv deploys, started by Wine's cmd",
    { skip: whyNoWindowsHost() ?? whyNot("win32-msvcrt") ?? false },
    () => {
        oneGameAtATime();
        const scratch = scratchFolder();
        const folderName = `launcher-${scratch.slice(-6)}`;
        const onWindows = (name: string) => `C:\\${folderName}\\${name}`;
        let root: string;
        let program: Buffer;

        before(async () => {
            root = join(windowsHostFolders().driveC, folderName);
            writeFileSync(join(scratch, "game.c"), game);
            const output = join(scratch, "game.exe");
            program = readFileSync(await compileTarget(join(scratch, "game.c"), { target: "win32-msvcrt", output }));
        });
        after(() => rmSync(root, { recursive: true, force: true }));

        for (const name of names) {
            it(`deployed launcher: starts the game with its arguments and the pool, in a folder called ${name}`, async () => {
                const folder = await deployed(name);
                try {
                    const { code, stdout } = await start(folder, ["-one", "two words", "c=d"]);
                    const log = readFileSync(join(folder, "poolnv-launch.log"), "utf8");
                    assert.equal(code, 0, stdout + log);
                    assert.match(log, / has its pool\.\r?\n/);
                    assert.match(readFileSync(join(folder, "said.txt"), "latin1"), /^-one\r?\ntwo words\r?\nc=d\r?\n$/);
                } finally {
                    await end(folder);
                }
            });
        }

        it("deployed launcher: goes along with a game that is moved, and takes Node from the PATH if its own is gone", async () => {
            const before = await deployed("before");
            const folder = join(root, "after");
            renameSync(before, folder);
            changeLauncher(folder, (text) => text.replaceAll(/"[^"]*node\.exe"/g, '"C:\\nowhere\\node.exe"'));
            try {
                const { code, stdout } = await start(folder);
                assert.equal(code, 0, stdout);
                assert.match(readFileSync(join(folder, "poolnv-launch.log"), "utf8"), / has its pool\.\r?\n/);
            } finally {
                await end(folder);
            }
        });

        for (const { what, change, env, expected } of [
            {
                what: "Node",
                change: (text: string) => text.replaceAll(/"[^"]*node\.exe"/g, '"C:\\nowhere\\node.exe"'),
                env: { WINEPATH: "C:\\windows" },
                expected: /without its pool: Node is not there\. Install Node.*run: poolnv deploy/,
            },
            {
                what: "poolnv",
                change: (text: string) => text.replaceAll(/"[^"]*bin\.js"/g, '"C:\\nowhere\\bin.js"'),
                env: {},
                expected: /without its pool: poolnv has been moved or removed\. Install it, then run: poolnv deploy/,
            },
        ]) {
            it(`deployed launcher: starts the game without ${what}, says what to do and ends with 1`, async () => {
                const folder = await deployed(`no ${what}`);
                changeLauncher(folder, change);
                try {
                    const { code, stdout } = await start(folder, [], env);
                    assert.equal(code, 1, stdout);
                    assert.match(stdout, expected);
                    await waitUntil("the game's start", () => existsSync(join(folder, "said.txt")));
                } finally {
                    await end(folder);
                }
            });
        }

        /** A folder that was deployed into, whose game can run. */
        async function deployed(name: string): Promise<string> {
            const folder = join(root, name);
            mkdirSync(folder, { recursive: true });
            makeTinyGame(folder);
            const { code, stdout, stderr } = await poolnvOnWindows(["deploy", "--game", onWindows(name), "--yes"]);
            assert.equal(code, 0, stderr);
            assert.ok(stdout.includes(`Start the game with: ${onWindows(name)}\\poolnv-launch.cmd`), stdout);
            writeFileSync(join(folder, "FalloutNV.exe"), program); // the examined game can't run
            return folder;
        }

        function start(folder: string, args: string[] = [], env: Record<string, string> = {}) {
            // Special characters in the path are for the launcher, not for the command line that starts it.
            return inCmd(["poolnv-launch.cmd", ...args], folder, env);
        }
    },
);

function inCmd(words: string[], cwd: string, env: Record<string, string>) {
    return runOnWindows(["cmd", "/c", ...words], { cwd, env: { ...windowsNode().env, ...env } });
}

function changeLauncher(folder: string, change: (text: string) => string): void {
    const launcher = join(folder, "poolnv-launch.cmd");
    const text = readFileSync(launcher, "utf8");
    assert.notEqual(change(text), text);
    writeFileSync(launcher, change(text));
}

/** Ends the game. */
async function end(folder: string): Promise<void> {
    writeFileSync(join(folder, "leave"), "");
    const isGame = ([first = ""]: string[]) => /FalloutNV\.exe$/i.test(first) && first.includes("launcher-");
    await waitUntil("the game ends", () => pidsWhere(isGame).length === 0);
}
