import { decode } from "fast-png";
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

import { exportScreenshots, listSaves, readSave, type Save, screenshotPng } from "../../../host/game/saves/index.js";
import { generatedPixels, writeSave } from "./generate-save.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";

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

describe("the picture of a save as PNG", () => {
    it("has the same pixels", async () => {
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

describe("exported pictures", () => {
    it("are named like their saves, in a folder that is made for them", async () => {
        const one = await save("Save 1   Courier.fos", { width: 33, height: 20 });
        const none = await save("no picture.fos", { width: 0, height: 0 });
        const { written, problems } = await exportScreenshots([one, none], pictures, false);
        const file = path.join(pictures, "Save 1   Courier.png");
        assert.deepEqual([[...written], problems], [[[one.file, file]], []]);
        assert.deepEqual(readdirSync(pictures), ["Save 1   Courier.png"]);
        const png = decode(readFileSync(file), { checkCrc: true });
        assert.deepEqual(Buffer.from(png.data as Uint8Array), generatedPixels(33, 20));
    });

    it("have names that every system takes, and none twice", onUnix, async () => {
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

    it("replace a file only where that is wanted", async () => {
        const one = await save("one.fos");
        mkdirSync(pictures, { recursive: true });
        const file = path.join(pictures, "one.png");
        writeFileSync(file, "mine");
        await assert.rejects(exportScreenshots([one], pictures, false), { code: "FILE_EXISTS", resolution: /--force/ });
        assert.equal(readFileSync(file, "utf8"), "mine");
        await exportScreenshots([one], pictures, true);
        assert.equal(decode(readFileSync(file)).width, 16);
    });

    it("follow no link, neither a stranger's nor one of one's own", onUnix, async () => {
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

    it("wait for no pipe", onUnix, async () => {
        const one = await save("one.fos");
        mkdirSync(pictures, { recursive: true });
        execFileSync("mkfifo", [path.join(pictures, "one.png")]);
        await assert.rejects(exportScreenshots([one], pictures, false), { code: "FILE_EXISTS" });
        await exportScreenshots([one], pictures, true);
        assert.equal(decode(readFileSync(path.join(pictures, "one.png"))).width, 16);
    });

    it("cannot be written into a file, nor in place of a folder", async () => {
        const one = await save("one.fos");
        writeFileSync(path.join(scratch, "file.png"), "");
        const place = path.join(scratch, "file.png");
        const expected = { code: "FILE_NOT_WRITABLE", resolution: /--screenshots FOLDER/ };
        await assert.rejects(exportScreenshots([one], place, false), expected);
        mkdirSync(path.join(pictures, "one.png"), { recursive: true });
        await assert.rejects(exportScreenshots([one], pictures, true), expected);
    });

    it("of saves that have gone meanwhile are missing, the others are there", async () => {
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
