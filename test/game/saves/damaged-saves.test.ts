import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { readSave, readScreenshot, type SaveHeader } from "../../../host/game/saves/index.js";
import { SaveError } from "../../../host/game/saves/save.js";
import { SaveBytes } from "../../../host/game/saves/save-bytes.js";
import { readHeader } from "../../../host/game/saves/save-header.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { BytesInMemory } from "./bytes-in-memory.js";
import { generateSave } from "./generate-save.js";
import { mutate } from "./mutate.js";

/** Offsets of the byte table. */
const headerLength = 0x0b;
const versionAt = 0x0f;
const languageAt = 0x14;
const widthAt = 0x55;
const heightAt = 0x5a;
const numberAt = 0x5f;
const playerAt = 0x64;

/** The longest text: no single buffer of the header needs more. */
const largestBuffer = 65_535;

const file = path.join(scratchFolder(), "damaged.fos");

describe("a truncated save", () => {
    for (const [name, save] of [
        ["of New Vegas", generateSave()],
        ["in the layout of Fallout 3", generateSave({ language: null })],
        ["with empty texts", generateSave({ player: "", title: "", location: "", playTime: "" })],
    ] as const) {
        it(`readSave of ${name}, truncated at any byte: an error that gives the position`, async () => {
            for (let length = 0; length < save.length; length++) {
                const { reason } = await faultOf(save.subarray(0, length));
                const place = new RegExp(
                    `^it ends (at byte ${length}, in the middle of .|in the middle of its picture$)`,
                );
                assert.match(reason, place, `at ${length}`);
            }
            await headerOf(save);
        });
    }

    it("readScreenshot of a save that ends within its screenshot: BAD_SAVE", async () => {
        const save = generateSave({ screenshot: { width: 2048, height: 2048 } });
        writeFileSync(file, save.subarray(0, 200_000));
        await assert.rejects(readScreenshot(file), /ends in the middle of its picture/);
    });
});

describe("a save with a wrong length", () => {
    const cases: [string, (save: Buffer) => unknown, RegExp][] = [
        ["another signature", (save) => save.write("TES4SAVEGAM"), /does not begin with FO3SAVEGAME/],
        ["a header without end", (save) => save.writeUInt32LE(0xffff_ffff, headerLength), /ends at byte 4294967310/],
        ["a header of nothing", (save) => save.writeUInt32LE(0, headerLength), /ends at byte 15/],
        ["a header one byte short", (save) => (save[headerLength]! -= 1), /but says that it ends at byte/],
        ["another version", (save) => save.writeUInt32LE(0x31, versionAt), /its version is 49, not 48/],
        ["no separator after the version", (save) => save.fill(0, 0x13, 0x14), /no separator at byte 19/],
        ["no separator after the language", (save) => save.fill("x", 0x54, 0x55), /no separator at byte 84/],
        [
            "a separator in its language",
            (save) => save.fill("|", languageAt + 4, languageAt + 5),
            /no separator|pixels/,
        ],
        ["a picture too wide", (save) => save.writeUInt32LE(2049, widthAt), /2049 by 9 pixels; 2048 is the most/],
        ["a picture too high", (save) => save.writeUInt32LE(0xffff_ffff, heightAt), /16 by 4294967295 pixels/],
        ["a picture whose size wraps round", (save) => save.writeUInt32LE(0x8000_0010, widthAt), /2147483664 by 9/],
        ["a picture larger than the file", (save) => save.writeUInt32LE(2048, widthAt), /in the middle of its picture/],
        ["no separator after the number", (save) => save.fill(0, numberAt + 4, numberAt + 5), /at its number/],
        ["a name longer than the file", (save) => save.writeUInt16LE(0xffff, playerAt), /middle of the player's name/],
        ["a name one byte longer", (save) => save.writeUInt16LE(8, playerAt), /at the player's name/],
        ["a name one byte shorter", (save) => save.writeUInt16LE(6, playerAt), /at the player's name/],
        [
            "a plugin name without end",
            (save) => save.writeUInt16LE(0xffff, pluginAt(save)),
            /65535 bytes, not 1 to 260/,
        ],
        ["a plugin without a name", (save) => save.writeUInt16LE(0, pluginAt(save)), /plugin 1 of 3 has 0 bytes/],
        ["plugins that are not there", (save) => save.fill(255, pluginAt(save) - 2, pluginAt(save) - 1), /4 of 255/],
    ];
    for (const [name, damage, message] of cases) {
        it(`readSave of a save with ${name}: an error, and no large buffer`, async () => {
            const save = generateSave();
            damage(save);
            assert.match((await faultOf(save)).message, message);
        });
    }

    it("readSave reports a damaged save as a UserError with file and resolution", async () => {
        writeFileSync(file, "FO3SAVEGAME");
        await assert.rejects(readSave(file), {
            name: "UserError",
            code: "BAD_SAVE",
            message: `${file} can't be read: it ends at byte 11, in the middle of the length of its header.`,
            resolution: /earlier save/,
        });
    });
});

describe("500 randomly damaged saves", () => {
    const save = generateSave({ title: "", fillerBytes: 300 });
    const mutants = Array.from({ length: 500 }, (_, seed) => mutate(save, seed));

    it("500 randomly damaged saves give an error or a header, at once and without a large buffer", async () => {
        let refused = 0;
        for (const [seed, mutant] of mutants.entries()) {
            const source = new BytesInMemory(mutant);
            const before = process.cpuUsage();
            const outcome = await readHeader(new SaveBytes(source, file)).catch(refusalOf);
            const { user, system } = process.cpuUsage(before); // microseconds of this process, independent of other load
            assert.ok(user + system < 500_000, `seed ${seed} took long`);
            assert.ok(source.largestBuffer <= largestBuffer, `seed ${seed}: ${source.largestBuffer} bytes`);
            if (outcome === "refused") refused++;
            else assertInBounds(outcome, seed);
        }
        assert.ok(refused > 250 && refused < 500, `${refused} of 500 were refused`);
    });

    it("500 randomly damaged saves as files give the same, and take no memory", async () => {
        await readAsFile(save);
        const before = process.resourceUsage().maxRSS;
        for (const [seed, mutant] of mutants.entries()) {
            const { header, picture } = await readAsFile(mutant);
            if (header !== "refused") assertInBounds(header, seed);
            if (picture !== "refused" && picture !== null) {
                assert.ok(picture.pixels.length <= mutant.length, `seed ${seed}`);
                assert.equal(picture.pixels.length, picture.width * picture.height * 3);
            }
        }
        const grownKilobytes = process.resourceUsage().maxRSS - before;
        assert.ok(grownKilobytes < 48 * 1024, `grown by ${grownKilobytes} KB`);
    });

    it("500 randomly damaged saves include readable and unreadable ones", () => {
        assert.ok(new Set(mutants.map((mutant) => mutant.toString("latin1"))).size > 450);
    });
});

function pluginAt(save: Buffer): number {
    return save.indexOf("FalloutNV.esm") - 3;
}

/** Reads a header and checks that no buffer was larger than the longest text. */
async function headerOf(save: Buffer): Promise<SaveHeader> {
    const source = new BytesInMemory(save);
    try {
        return await readHeader(new SaveBytes(source, file));
    } finally {
        assert.ok(source.largestBuffer <= largestBuffer, `a buffer of ${source.largestBuffer} bytes`);
    }
}

async function faultOf(save: Buffer): Promise<SaveError> {
    const fault = await headerOf(save).then(
        () => assert.fail("it was read"),
        (error: unknown) => error,
    );
    assert.ok(fault instanceof SaveError, String(fault));
    assert.equal(fault.code, "BAD_SAVE");
    return fault;
}

async function readAsFile(save: Buffer) {
    writeFileSync(file, save);
    return {
        header: await readSave(file).catch(refusalOf),
        picture: await readScreenshot(file).catch(refusalOf),
    };
}

/** Anything else than a save's own error is a failure. */
function refusalOf(error: unknown): "refused" {
    assert.ok(error instanceof SaveError && error.code === "BAD_SAVE", String(error));
    return "refused";
}

function assertInBounds(header: SaveHeader, seed: number): void {
    for (const words of [header.player, header.title, header.location, header.playTime]) {
        assert.ok(words.length <= 65_535, `seed ${seed}`);
    }
    assert.ok(header.plugins.length <= 255 && header.plugins.every(({ length }) => length > 0 && length <= 260));
    assert.ok((header.screenshot?.width ?? 1) <= 2048 && (header.screenshot?.height ?? 1) <= 2048, `seed ${seed}`);
    assert.ok(header.number >= 0 && header.level >= 0 && (header.language?.length ?? 0) <= 64, `seed ${seed}`);
}
