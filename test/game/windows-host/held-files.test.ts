import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { windowsPath } from "../../../host/process/wine.js";
import { compileTarget } from "../../fixtures/prepare/compile.js";
import type { Run } from "../../fixtures/support/poolnv.js";
import { whyNot } from "../../fixtures/support/targets.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import {
    poolnvOnWindows,
    runOnWindows,
    whyNoWindowsHost,
    windowsHostFolders,
} from "../../fixtures/support/windows-host.js";
import { makeTinyGame } from "../deploy/tiny-game.js";

/**
 * Opens a file as most programs do, so that it can't be replaced (without FILE_SHARE_DELETE), says so, waits until another
 * file exists, and a time longer.
 */
const holder = `
#include <stdlib.h>
#include <windows.h>
int main(int count, char **words) {
    int waited;
    HANDLE held = CreateFileA(words[1], GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    if (count != 5 || held == INVALID_HANDLE_VALUE) return 1;
    CloseHandle(CreateFileA(words[2], GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL));
    for (waited = 0; waited < 60000 && GetFileAttributesA(words[3]) == INVALID_FILE_ATTRIBUTES; waited += 2) Sleep(2);
    Sleep(atoi(words[4]));
    CloseHandle(held);
    return 0;
}
`;

const missing = whyNoWindowsHost() ?? whyNot("win32-msvcrt");

describe("files that another program holds open, on Windows", { skip: missing ?? false }, () => {
    let game: string;
    let launcher: string;
    let said: string;
    let stop: string;

    before(async () => {
        const place = join(windowsHostFolders().driveC, "held-files");
        rmSync(place, { recursive: true, force: true });
        game = join(place, "Fallout New Vegas");
        mkdirSync(place, { recursive: true });
        makeTinyGame(game);
        launcher = join(game, "poolnv-launch.cmd");
        [said, stop] = [join(place, "said"), join(place, "stop")];
        writeFileSync(join(place, "holder.c"), holder);
        const output = join(place, "holder.exe");
        await compileTarget(join(place, "holder.c"), { target: "win32-msvcrt", output });
        assert.equal((await deploy()).code, 0);
    });
    after(() => rmSync(join(game, ".."), { recursive: true, force: true }));

    const deploy = (...options: string[]) =>
        poolnvOnWindows(["deploy", "--yes", "--game", windowsPath(game), ...options]);

    /** Runs the work while the launcher is held until `awaited` exists, and `milliseconds` longer. */
    async function whileHeld(awaited: string, milliseconds: number, work: () => Promise<Run>): Promise<Run> {
        rmSync(said, { force: true });
        rmSync(stop, { force: true });
        const paths = [join(game, "../holder.exe"), launcher, said, awaited].map(windowsPath);
        const held = runOnWindows([...paths, String(milliseconds)]);
        try {
            await waitUntil("the file is held", () => existsSync(said));
            return await work();
        } finally {
            writeFileSync(stop, "");
            assert.equal((await held).code, 0, (await held).stderr);
        }
    }

    it("Windows host: deploy replaces a file that a scan holds for 300 ms at that moment", async () => {
        appendFileSync(launcher, "rem changed\r\n");
        const { code, stderr } = await whileHeld(`${launcher}.poolnv-new`, 300, () => deploy("--force"));
        assert.equal(code, 0, stderr);
        assert.doesNotMatch(readFileSync(launcher, "utf8"), /rem changed/);
        assert.deepEqual(leftovers(), []);
    });

    it("Windows host: deploy names a file that stays held, and who may hold it, and the next one completes it", async () => {
        appendFileSync(launcher, "rem changed\r\n");
        const { code, stderr } = await whileHeld(stop, 0, () => deploy("--force"));
        assert.equal(code, 2, stderr);
        assert.match(stderr, /error: .*poolnv-launch\.cmd can't be written: .*the game or a virus scanner\)/);
        assert.match(stderr, /\n {2}Close the game if it runs/);
        assert.match(readFileSync(launcher, "utf8"), /rem changed/, "the old file is whole");
        const again = await deploy("--force");
        assert.equal(again.code, 0, again.stderr);
        assert.doesNotMatch(readFileSync(launcher, "utf8"), /rem changed/);
        assert.deepEqual(leftovers(), []);
    });

    it("Windows host: deploy --uninstall removes a file that is held for 300 ms at that moment", async () => {
        // Uninstall first removes what an interrupted deploy has left.
        const temporary = `${launcher}.poolnv-new`;
        writeFileSync(temporary, "");
        const gone = join(game, "../gone");
        const watching = waitUntil("uninstall has begun", () => !existsSync(temporary), 60_000).then(() =>
            writeFileSync(gone, ""),
        );
        const { code, stderr } = await whileHeld(gone, 300, () => deploy("--uninstall"));
        await watching;
        assert.equal(code, 0, stderr);
        assert.equal(existsSync(launcher), false);
    });

    function leftovers(): string[] {
        return readdirSync(game, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".poolnv-new"));
    }
});
