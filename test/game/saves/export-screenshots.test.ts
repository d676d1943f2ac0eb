import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
    existsSync,
    lchownSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    symlinkSync,
    unlinkSync,
    writeFileSync,
} from "node:fs";
import path from "node:path";
import { beforeEach, describe, it } from "node:test";
import { decode } from "fast-png";
import { exportScreenshots, listSaves, readSave, type Save, screenshotPng } from "../../../host/game/saves/index.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { generatedPixels, writeSave } from "./generate-save.js";

const scratch = scratchFolder();
const onUnix = { skip: process.platform === "win32" && "Windows has none" };

let saves: string;
let pictures: string;
let count = 0;
beforeEach(() => {
    saves = path.join(scratch, `saves ${count}`);
    pictures = path.join(scratch, `pictures ${count++}`, "deeper");
    mkdirSync(saves);
});

describe("screenshotPng", () => {
    it("screenshotPng has the pixels of the save", async () => {
        for (const [width, height] of [
            [1, 1],
            [17, 3],
            [512, 288],
            [2048, 1],
        ] as const) {
            const png = decode(screenshotPng({ width, height, pixels: generatedPixels(width, height) }), {
                checkCrc: true,
            });
            assert.deepEqual([png.width, png.height, png.depth, png.channels], [width, height, 8, 3]);
            assert.deepEqual(Buffer.from(png.data as Uint8Array), generatedPixels(width, height));
        }
    });
});

describe("exportScreenshots", () => {
    it("exportScreenshots names files like their saves, in a folder that it creates", async () => {
        const one = await save("Save 1   Courier.fos", { width: 33, height: 20 });
        const none = await save("no picture.fos", { width: 0, height: 0 });
        const { written, problems } = await exportScreenshots([one, none], pictures, false);
        const file = path.join(pictures, "Save 1   Courier.png");
        assert.deepEqual([[...written], problems], [[[one.file, file]], []]);
        assert.deepEqual(readdirSync(pictures), ["Save 1   Courier.png"]);
        const png = decode(readFileSync(file), { checkCrc: true });
        assert.deepEqual(Buffer.from(png.data as Uint8Array), generatedPixels(33, 20));
    });

    it("exportScreenshots makes file names that are valid everywhere, and none twice", onUnix, async () => {
        for (const name of [
            "a:b\x1b[2J.fos",
            "a?b![2J.fos",
            "CON.fos",
            "..fos",
            "dots...fos",
            "x.FOS",
            "X.fos",
            "\u202Egnp.fos",
        ]) {
            await save(name);
        }
        await exportScreenshots(await readable(), pictures, false);
        const names = readdirSync(pictures);
        assert.equal(names.length, 8);
        assert.equal(new Set(names.map((name) => name.toLowerCase())).size, 8);
        for (const name of names) {
            assert.match(name, /^[\w ()![.-]+\.png$/);
            assert.doesNotMatch(name, /^(CON|\.+)\.png$/i);
        }
    });

    it("exportScreenshots replaces a file only with overwrite", async () => {
        const one = await save("one.fos");
        mkdirSync(pictures, { recursive: true });
        const file = path.join(pictures, "one.png");
        writeFileSync(file, "mine");
        await assert.rejects(exportScreenshots([one], pictures, false), { code: "FILE_EXISTS", resolution: /--force/ });
        assert.equal(readFileSync(file, "utf8"), "mine");
        await exportScreenshots([one], pictures, true);
        assert.equal(decode(readFileSync(file)).width, 16);
    });

    it("exportScreenshots follows no link of any owner", onUnix, async () => {
        const one = await save("one.fos");
        mkdirSync(pictures, { recursive: true });
        const victim = path.join(scratch, "victim");
        writeFileSync(victim, "precious");
        const link = path.join(pictures, "one.png");
        for (const owner of process.geteuid!() === 0 ? [0, 65_534] : [process.geteuid!()]) {
            symlinkSync(victim, link);
            lchownSync(link, owner, owner);
            await assert.rejects(exportScreenshots([one], pictures, false), { code: "FILE_EXISTS" });
            await exportScreenshots([one], pictures, true);
            assert.equal(readFileSync(victim, "utf8"), "precious");
            assert.equal(decode(readFileSync(link)).width, 16);
            unlinkSync(link);
        }
        symlinkSync(path.join(scratch, "not there"), link);
        await assert.rejects(exportScreenshots([one], pictures, false), { code: "FILE_EXISTS" });
        assert.equal(existsSync(path.join(scratch, "not there")), false);
    });

    it("exportScreenshots does not wait for a pipe", onUnix, async () => {
        const one = await save("one.fos");
        mkdirSync(pictures, { recursive: true });
        execFileSync("mkfifo", [path.join(pictures, "one.png")]);
        await assert.rejects(exportScreenshots([one], pictures, false), { code: "FILE_EXISTS" });
        await exportScreenshots([one], pictures, true);
        assert.equal(decode(readFileSync(path.join(pictures, "one.png"))).width, 16);
    });

    it("exportScreenshots reports a file in place of the folder, and a folder in place of a file", async () => {
        const one = await save("one.fos");
        writeFileSync(path.join(scratch, "file.png"), "");
        const place = path.join(scratch, "file.png");
        const expected = { code: "FILE_NOT_WRITABLE", resolution: /--screenshots FOLDER/ };
        await assert.rejects(exportScreenshots([one], place, false), expected);
        mkdirSync(path.join(pictures, "one.png"), { recursive: true });
        await assert.rejects(exportScreenshots([one], pictures, true), expected);
    });

    it("exportScreenshots reports saves that are gone, and writes the others", async () => {
        const [gone, there] = [await save("gone.fos"), await save("there.fos")];
        unlinkSync(gone.file);
        const { written, problems } = await exportScreenshots([gone, there], pictures, false);
        assert.deepEqual([...written.keys()], [there.file]);
        assert.deepEqual(
            problems.map(({ code }) => code),
            ["SAVE_NOT_READABLE"],
        );
    });
});

async function save(name: string, screenshot = { width: 16, height: 9 }): Promise<Save> {
    const file = path.join(saves, name);
    await writeSave(file, { screenshot });
    return readSave(file);
}

async function readable(): Promise<Save[]> {
    return (await listSaves(saves)).filter((entry): entry is Save => !("problem" in entry));
}
