import assert from "node:assert/strict";
import { mkdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { readSave, readScreenshot } from "../../../host/game/saves/index.js";
import { SaveBytes } from "../../../host/game/saves/save-bytes.js";
import { readHeader } from "../../../host/game/saves/save-header.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { BytesInMemory } from "./bytes-in-memory.js";
import { generatedPixels, generateSave, type SaveParameters, writeSave } from "./generate-save.js";

const folder = scratchFolder();

describe("readHeader", () => {
    it("readHeader reads a save written byte by byte", async () => {
        const file = place("by hand.fos");
        writeFileSync(file, Buffer.concat(writtenByHand.map((piece) => Buffer.from(piece, "latin1"))));
        const { modifiedAt, ...save } = await readSave(file);
        assert.equal(modifiedAt.getTime(), Math.trunc(statSync(file).mtimeMs));
        assert.deepEqual(save, {
            file,
            name: "by hand",
            sizeBytes: statSync(file).size,
            hasCoSave: false,
            layout: "falloutnv",
            language: "ENGLISH",
            encoding: "cp1252",
            number: 4711,
            player: "Six",
            title: "Vault Legend",
            level: 300,
            location: "Novac",
            playTime: "001.45.28",
            playTimeSeconds: 6328,
            screenshot: { width: 2, height: 1 },
            plugins: ["FalloutNV.esm", "A.esp"],
        });
        assert.deepEqual(await readScreenshot(file), { width: 2, height: 1, pixels: Buffer.from("RGBrgb") });
    });

    it("readHeader returns every field of generated saves", async () => {
        const parameters: SaveParameters = {
            player: "Zoë",
            title: "",
            level: 4_294_967_295,
            location: "Camp McCarran – Concourse “A” €",
            playTime: "123.00.59",
            number: 4_294_967_295,
            plugins: Array.from({ length: 255 }, (_, index) => `${"x".repeat(20)}${index}.esp`),
            screenshot: { width: 512, height: 288 },
            language: "FRENCH",
            encoding: "cp1252",
            fillerBytes: 100_000,
        };
        const file = place("generated.fos");
        await writeSave(file, parameters);
        const save = await readSave(file);
        const { player, title, level, location, playTime, number, plugins, screenshot, language, encoding } = save;
        assert.deepEqual(
            {
                player,
                title,
                level,
                location,
                playTime,
                number,
                plugins,
                screenshot,
                language,
                encoding,
                fillerBytes: 100_000,
            },
            parameters,
        );
        assert.deepEqual([save.layout, save.playTimeSeconds], ["falloutnv", 123 * 3600 + 59]);
        assert.equal(save.sizeBytes, generateSave(parameters).length);
        assert.deepEqual((await readScreenshot(file))?.pixels, generatedPixels(512, 288));
    });

    it("readHeader reads empty texts, in any of the four fields", async () => {
        const texts = ["player", "title", "location", "playTime"] as const;
        for (let choice = 0; choice < 16; choice++) {
            const chosen = texts.filter((_, index) => (choice & (1 << index)) !== 0);
            const empty = Object.fromEntries(chosen.map((name) => [name, ""]));
            const header = await headerOf(generateSave(empty));
            const usual = { player: "Courier", title: "Drifter", location: "Goodsprings", playTime: "001.45.28" };
            const read = Object.fromEntries(texts.map((name) => [name, header[name]]));
            assert.deepEqual(read, { ...usual, ...empty });
            assert.equal(header.level, 7);
            assert.equal(header.playTimeSeconds, chosen.includes("playTime") ? null : 6328);
        }
    });

    it("readHeader reads Fallout 3's layout without a language", async () => {
        const header = await headerOf(generateSave({ language: null }));
        assert.deepEqual([header.layout, header.language], ["fallout3", null]);
        assert.deepEqual([header.player, header.plugins.length], ["Courier", 3]);
    });

    it("readHeader reads a full and an empty language block", async () => {
        for (const language of ["x".repeat(64), "", "GERMAN"]) {
            assert.equal((await headerOf(generateSave({ language }))).language, language);
        }
    });

    it("readHeader reads separators within texts and numbers", async () => {
        const parameters = { player: "a|b", level: 0x7c7c7c7c, number: 0x7c, plugins: ["|.esp"], title: "" };
        const { player, level, number, plugins, title } = await headerOf(generateSave(parameters));
        assert.deepEqual({ player, level, number, plugins, title }, parameters);
    });

    it("readHeader reads texts of every length up to 65,535 bytes", async () => {
        for (const length of [1, 4000, 4095, 4096, 4097, 65_535]) {
            const words = "w".repeat(length);
            const long = { player: words, title: words, location: words, playTime: words };
            const { player, title, location, playTime, level } = await headerOf(generateSave(long));
            assert.deepEqual([{ player, title, location, playTime }, level], [long, 7]);
        }
    });

    it("readHeader decodes texts as Windows-1252", async () => {
        const codes = Buffer.from([0x80, 0x8a, 0x92, 0x96, 0x9f, 0xa0, 0xe9, 0xff]);
        const save = generateSave({ player: "12345678" });
        codes.copy(save, save.indexOf("12345678"));
        assert.equal((await headerOf(save)).player, "€Š’–Ÿ\u00a0éÿ");
    });

    it("readHeader reads a save without plugins and screenshot", async () => {
        for (const screenshot of [
            { width: 0, height: 0 },
            { width: 640, height: 0 },
        ]) {
            const file = place("bare.fos");
            await writeSave(file, { plugins: [], screenshot });
            const save = await readSave(file);
            assert.deepEqual([save.plugins, save.screenshot], [[], null]);
            assert.equal(await readScreenshot(file), null);
        }
    });

    it("readHeader converts the time played only if it has the game's form", async () => {
        const seconds = async (playTime: string) => (await headerOf(generateSave({ playTime }))).playTimeSeconds;
        assert.equal(await seconds("000.00.00"), 0);
        assert.equal(await seconds("1000.59.59"), 3_603_599);
        for (const other of ["1.2", "000.60.00", "a.00.00", "-01.00.00", "99999999.00.00", "000.00.00\n"]) {
            assert.equal(await seconds(other), null, other);
        }
    });

    it("readHeader gives the same for any size of the reads", async () => {
        const save = generateSave({ screenshot: { width: 60, height: 40 } });
        const expected = await headerOf(save);
        for (const mostAtOnce of [1, 2, 7]) {
            assert.deepEqual(await headerOf(save, mostAtOnce), expected);
        }
    });
});

describe("readSave", () => {
    it("readSave reads only the header, whatever the file's size", async () => {
        const file = place("large.fos");
        await writeSave(file);
        truncateSync(file, 64 * 2 ** 30);
        assert.equal((await readSave(file)).sizeBytes, 64 * 2 ** 30);
    });

    it("readSave reports a co-save if there is a file of its name ending in .nvse", async () => {
        const file = place("with.fos");
        await writeSave(file);
        assert.equal((await readSave(file)).hasCoSave, false);
        mkdirSync(place("with.nvse"));
        assert.equal((await readSave(file)).hasCoSave, false);
        await writeSave(place("with two.fos"));
        writeFileSync(place("with two.nvse"), "NVSE");
        assert.equal((await readSave(place("with two.fos"))).hasCoSave, true);
    });
});

/** The byte table of the format, written out: a line per field. */
const writtenByHand = [
    "FO3SAVEGAME",
    "\x87\x00\x00\x00",
    "\x30\x00\x00\x00|",
    `ENGLISH${"\0".repeat(57)}|`,
    "\x02\x00\x00\x00|",
    "\x01\x00\x00\x00|",
    "\x67\x12\x00\x00|",
    "\x03\x00|Six|",
    "\x0c\x00|Vault Legend|",
    "\x2c\x01\x00\x00|",
    "\x05\x00|Novac|",
    "\x09\x00|001.45.28|",
    "RGBrgb",
    "\x15",
    "\x1c\x00\x00\x00",
    "\x02|",
    "\x0d\x00|FalloutNV.esm|",
    "\x05\x00|A.esp|",
    "the state of the game",
];

function place(name: string): string {
    return path.join(folder, name);
}

function headerOf(save: Buffer, mostAtOnce?: number) {
    return readHeader(new SaveBytes(new BytesInMemory(save, mostAtOnce), "a.fos"));
}
