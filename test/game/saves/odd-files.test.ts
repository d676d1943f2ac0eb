import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, chmodSync, mkdirSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { listSaves, readSave, readScreenshot } from "../../../host/game/saves/index.js";
import { modificationTime, openSave } from "../../../host/game/saves/read-save.js";
import { pixelBytes, readHeader, readHeaderFields } from "../../../host/game/saves/save-header.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { writeSave } from "./generate-save.js";

const folder = scratchFolder();
const onUnix = { skip: process.platform === "win32" && "Windows has none" };

describe("files that are named like a save and are none", () => {
    it("readSave of a folder: SAVE_NOT_READABLE", async () => {
        mkdirSync(place("folder.fos"));
        await assertNotReadable("folder.fos", /it is a folder/);
    });

    it("readSave of a missing file: SAVE_NOT_READABLE", async () => {
        await assertNotReadable("none.fos", /no such file or directory/);
    });

    it("readSave of an empty file: BAD_SAVE", async () => {
        writeFileSync(place("empty.fos"), "");
        await assert.rejects(readSave(place("empty.fos")), { code: "BAD_SAVE", message: /it ends at byte 0/ });
    });

    it("readSave of a pipe does not wait: SAVE_NOT_READABLE", onUnix, async () => {
        execFileSync("mkfifo", [place("pipe.fos")]);
        await assertNotReadable("pipe.fos", /it is no regular file/);
    });

    it("readSave of a pipe does not wake its writer: SAVE_NOT_READABLE", onUnix, async () => {
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

    it("readSave of a device without end: SAVE_NOT_READABLE", onUnix, async () => {
        symlinkSync("/dev/zero", place("device.fos"));
        await assertNotReadable("device.fos", /it is no regular file/);
    });

    it("readSave of a link to nothing, to itself, to a folder: SAVE_NOT_READABLE", onUnix, async () => {
        symlinkSync("nowhere", place("dangling.fos"));
        await assertNotReadable("dangling.fos", /no such file/);
        symlinkSync("circle.fos", place("circle.fos"));
        await assertNotReadable("circle.fos", /too many symbolic links/);
        symlinkSync(folder, place("to folder.fos"));
        await assertNotReadable("to folder.fos", /it is a folder/);
    });

    it("readSave of a file without read permission: SAVE_NOT_READABLE", onUnix, async () => {
        const closed = place("closed.fos");
        await writeSave(closed);
        chmodSync(closed, 0);
        chmodSync(folder, 0o755);
        await asOrdinaryUser(() => assertNotReadable("closed.fos", /permission denied/));
    });

    it("listSaves lists files that are no saves with their problems, and the saves beside them", onUnix, async () => {
        await writeSave(place("good.fos"));
        const saves = await listSaves(folder);
        const broken = saves.filter((save) => "problem" in save).map(({ name }) => name);
        const expected = ["circle", "dangling", "device", "empty", "folder", "pipe", "to folder", "written"];
        assert.deepEqual(broken.filter((name) => name !== "closed").sort(), expected);
        assert.ok(saves.some((save) => save.name === "good" && !("problem" in save)));
    });
});

describe("a link to a save", onUnix, () => {
    it("readSave follows a link and keeps the link's name", async () => {
        await writeSave(place("target.fos"), { player: "Linked" });
        symlinkSync("target.fos", place("link.fos"));
        const { name, player } = await readSave(place("link.fos"));
        assert.deepEqual([name, player], ["link", "Linked"]);
    });
});

describe("a save that changes during reading", () => {
    const many = { plugins: Array.from({ length: 255 }, (_, index) => `a rather long name of a plugin ${index}.esp`) };

    it("readSave of a save that grows meanwhile returns its header", async () => {
        assert.equal((await readWhile((file) => appendFileSync(file, Buffer.alloc(5_000_000)))).plugins.length, 255);
    });

    it("readSave of a save that is removed meanwhile returns its header", onUnix, async () => {
        assert.equal((await readWhile((file) => unlinkSync(file))).plugins.length, 255);
    });

    it("readSave of a save that shrinks meanwhile: BAD_SAVE", async () => {
        const shrink = (file: string) => truncateSync(file, 5000);
        await assert.rejects(readWhile(shrink), { code: "BAD_SAVE", message: /it ends at byte 5000/ });
    });

    it("readScreenshot of a save that shrinks meanwhile: BAD_SAVE", async () => {
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

describe("modificationTime", () => {
    it("modificationTime clamps times that a Date can't hold", () => {
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
