import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "node:test";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { pathBytes, pathText, shownPath, systemPath, typedPath } from "../../../host/files/path-bytes.js";
import { exportScreenshots, listSaves, readSave, type Save } from "../../../host/game/saves/index.js";
import { printable } from "../../../shared/printable.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { bytesIn, cyrillic, onLinux, place, shown } from "./byte-names.js";

const scratch = scratchFolder();
const loneSurrogate = /\p{Cs}/u;

describe("paths of any bytes", () => {
    it("path bytes: any bytes become text and the same bytes again", () => {
        const random = xoroshiro128plus(5);
        for (let round = 0; round < 2000; round++) {
            const bytes = Buffer.from(Array.from({ length: round % 40 }, () => (random.next() >>> 0) % 256));
            const text = pathText(bytes);
            assert.deepEqual(Buffer.from(systemPath(text)), bytes, bytes.toString("hex"));
            assert.doesNotMatch(shownPath(text), loneSurrogate);
        }
    });

    it("path bytes: valid UTF-8 stays as it is", () => {
        for (const text of ["Save 1   Zoë.fos", "存档.fos", "😀", "\ufffd", "\u007f\u0080", ""]) {
            assert.equal(pathText(Buffer.from(text)), text);
            assert.equal(systemPath(text), text);
            assert.equal(shownPath(text), text);
        }
    });

    it("path bytes: half a character, a surrogate in UTF-8 and an overlong form keep their bytes", () => {
        for (const bytes of [[0xe5, 0xad], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xf5, 0x80, 0x80, 0x80], [0xff]]) {
            const text = pathText(Buffer.from(bytes));
            assert.deepEqual([...pathBytes(text)], bytes);
            assert.equal(shownPath(text), bytes.map((byte) => `\\x${byte.toString(16)}`).join(""));
            assert.equal(printable(text), shownPath(text));
        }
    });

    it("path bytes: what is shown can be typed, unless there is a file of that very name", onLinux, () => {
        const text = pathText(Buffer.concat([Buffer.from("a "), cyrillic]));
        assert.equal(
            typedPath(shownPath(text), (path) => path === text),
            text,
        );
        assert.equal(
            typedPath(shownPath(text), () => true),
            shownPath(text),
        );
        assert.equal(
            typedPath(shownPath(text), () => false),
            shownPath(text),
        );
        assert.equal(
            typedPath("\\xc3\\xa9", (path) => path === "é"),
            "é",
        );
    });
});

describe("saves whose names are no UTF-8", onLinux, () => {
    const folder = path.join(scratch, "Saves");
    before(() => {
        mkdirSync(folder);
        place(folder, "plain.fos");
        place(folder, Buffer.concat([cyrillic, Buffer.from(".FOS")]));
        writeFileSync(bytesIn(folder, Buffer.concat([cyrillic, Buffer.from(".nvse")])), "NVSE");
    });

    it("listSaves reads a save whose name is no UTF-8, and finds its co-save", async () => {
        const saves = await listSaves(folder);
        assert.deepEqual(
            saves.map((save) => "problem" in save && save.problem.message),
            [false, false],
        );
        const save = saves.find(({ name }) => name !== "plain")!;
        assert.equal(shownPath(save.name), shown);
        assert.equal(save.hasCoSave, true);
        assert.equal((await readSave(save.file)).player, "Courier");
    });

    it("exportScreenshots writes a picture of a save whose name is no UTF-8", async () => {
        const saves = (await listSaves(folder)).filter((save): save is Save => !("problem" in save));
        const { written, problems } = await exportScreenshots(saves, path.join(scratch, "pictures"), false);
        assert.deepEqual([written.size, problems], [2, []]);
        for (const file of written.values()) {
            assert.ok(readFileSync(file).length > 0);
            assert.doesNotMatch(file, loneSurrogate);
        }
    });
});

describe("co-saves and backups in any case of letters", () => {
    it("listSaves and readSave find a co-save in capitals, and name a backup in capitals", async () => {
        const folder = path.join(scratch, "capitals");
        mkdirSync(folder);
        place(folder, "Save 1.fos");
        writeFileSync(path.join(folder, "Save 1.NVSE"), "NVSE");
        place(folder, "Save 2.FOS");
        writeFileSync(path.join(folder, "SAVE 2.nvse"), "NVSE");
        place(folder, "Save 3.fos");
        mkdirSync(path.join(folder, "Save 3.nvse"));
        writeFileSync(path.join(folder, "Save 4.fos"), "FO3SAVEGAME");
        place(folder, "Save 4.FOS.BAK");
        const saves = await listSaves(folder);
        assert.deepEqual(saves.map(({ name, hasCoSave }) => [name, hasCoSave]).sort(), [
            ["Save 1", true],
            ["Save 2", true],
            ["Save 3", false],
            ["Save 4", false],
        ]);
        assert.equal((await readSave(path.join(folder, "Save 1.fos"))).hasCoSave, true);
        const broken = saves.find((save) => "problem" in save)!;
        assert.ok("problem" in broken);
        assert.match(broken.problem.resolution, /Save 4\.FOS\.BAK/);
    });
});
