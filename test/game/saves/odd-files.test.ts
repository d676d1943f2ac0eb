import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, chmodSync, mkdirSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { listSaves, readSave, readScreenshot } from "../../../host/game/saves/index.js";
import { readHeaderFields } from "../../../host/game/saves/header-fields.js";
import { openSave } from "../../../host/game/saves/open-save.js";
import { readHeader } from "../../../host/game/saves/read-save.js";
import { modificationTime } from "../../../host/game/saves/save-file.js";
import { pixelBytes } from "../../../host/game/saves/screenshot-size.js";
import { writeSave } from "./generate-save.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";

const folder = scratchFolder();
const onUnix = { skip: process.platform === "win32" && "Windows has none" };

describe("what is named like a save and is none", () => {
    it("a folder", async () => {
        mkdirSync(place("folder.fos"));
        await assertNotReadable("folder.fos", /it is a folder/);
    });

    it("a file that is not there", async () => {
        await assertNotReadable("none.fos", /no such file or directory/);
    });

    it("an empty file", async () => {
        writeFileSync(place("empty.fos"), "");
        await assert.rejects(readSave(place("empty.fos")), { code: "BAD_SAVE", message: /it ends at byte 0/ });
    });

    it("a pipe, which is not waited for", onUnix, async () => {
        execFileSync("mkfifo", [place("pipe.fos")]);
        await assertNotReadable("pipe.fos", /it is no regular file/);
    });

    it("a pipe, whose writer goes on waiting for a reader", onUnix, async () => {
        execFileSync("mkfifo", [place("written.fos")]);
        const writer = spawn("sh", ["-c", 'echo started; echo > "$0"', place("written.fos")]);
        const ended = once(writer, "exit");
        try {
            await once(writer.stdout, "data");
            await pause(200);
            await assertNotReadable("written.fos", /it is no regular file/);
            assert.equal(await Promise.race([ended, pause(200, "waiting")]), "waiting");
        } finally {
            writer.kill();
            await ended;
        }
    });

    it("a device, which would never end", onUnix, async () => {
        symlinkSync("/dev/zero", place("device.fos"));
        await assertNotReadable("device.fos", /it is no regular file/);
    });

    it("a link to nothing, to itself and to a folder", onUnix, async () => {
        symlinkSync("nowhere", place("dangling.fos"));
        await assertNotReadable("dangling.fos", /no such file/);
        symlinkSync("circle.fos", place("circle.fos"));
        await assertNotReadable("circle.fos", /too many symbolic links/);
        symlinkSync(folder, place("to folder.fos"));
        await assertNotReadable("to folder.fos", /it is a folder/);
    });

    it("a file that may not be read", onUnix, async () => {
        const closed = place("closed.fos");
        await writeSave(closed);
        chmodSync(closed, 0);
        chmodSync(folder, 0o755);
        await asOrdinaryUser(() => assertNotReadable("closed.fos", /permission denied/));
    });

    it(
        "all of them stand in a list with what is wrong with them, and keep nobody from being listed",
        onUnix,
        async () => {
            await writeSave(place("good.fos"));
            const saves = await listSaves(folder);
            const broken = saves.filter((save) => "problem" in save).map(({ name }) => name);
            const expected = ["circle", "dangling", "device", "empty", "folder", "pipe", "to folder", "written"];
            assert.deepEqual(broken.filter((name) => name !== "closed").sort(), expected);
            assert.ok(saves.some((save) => save.name === "good" && !("problem" in save)));
        },
    );
});

describe("a save behind a link", onUnix, () => {
    it("is read, under the name of the link", async () => {
        await writeSave(place("target.fos"), { player: "Linked" });
        symlinkSync("target.fos", place("link.fos"));
        const { name, player } = await readSave(place("link.fos"));
        assert.deepEqual([name, player], ["link", "Linked"]);
    });
});

describe("a save that changes while it is read", () => {
    const many = { plugins: Array.from({ length: 255 }, (_, index) => `a rather long name of a plugin ${index}.esp`) };

    it("grows: what was there is read", async () => {
        assert.equal((await readWhile((file) => appendFileSync(file, Buffer.alloc(5_000_000)))).plugins.length, 255);
    });

    it("is taken away: what was there is read", onUnix, async () => {
        assert.equal((await readWhile((file) => unlinkSync(file))).plugins.length, 255);
    });

    it("shrinks: an error", async () => {
        const shrink = (file: string) => truncateSync(file, 5000);
        await assert.rejects(readWhile(shrink), { code: "BAD_SAVE", message: /it ends at byte 5000/ });
    });

    it("shrinks while its picture is taken: an error", async () => {
        const file = place("shrinking.fos");
        await writeSave(file, { screenshot: { width: 512, height: 288 } });
        const picture = openSave(file, async (bytes) => {
            const count = pixelBytes((await readHeaderFields(bytes)).screenshot);
            await bytes.expect(count, "its picture");
            truncateSync(file, 5000);
            return bytes.take(count, "its picture");
        });
        await assert.rejects(picture, {
            code: "BAD_SAVE",
            message: /it ends at byte 5000, in the middle of its picture/,
        });
    });

    /** Reads a save that is changed between its first byte and the rest. */
    async function readWhile(change: (file: string) => void) {
        const file = place("changing.fos");
        await writeSave(file, many);
        return openSave(file, async (bytes) => {
            change(file);
            return readHeader(bytes);
        });
    }
});

describe("the time of a save", () => {
    it("may be one that no calendar has", () => {
        for (const mtimeMs of [9e15, -9e15]) {
            assert.ok(!Number.isNaN(modificationTime({ mtimeMs }).getTime()));
        }
        assert.equal(modificationTime({ mtimeMs: 1.5 }).getTime(), 1);
    });
});

function place(name: string): string {
    return path.join(folder, name);
}

async function assertNotReadable(name: string, message: RegExp): Promise<void> {
    for (const read of [readSave, readScreenshot]) {
        await assert.rejects(read(place(name)), { code: "SAVE_NOT_READABLE", message, resolution: /may read it/ });
    }
}

/** Root may read everything. */
async function asOrdinaryUser(test: () => Promise<void>): Promise<void> {
    const isRoot = process.geteuid!() === 0;
    if (isRoot) process.seteuid!(65_534);
    try {
        await test();
    } finally {
        if (isRoot) process.seteuid!(0);
    }
}
