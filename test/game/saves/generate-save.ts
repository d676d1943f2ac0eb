import { open } from "node:fs/promises";
import iconv from "iconv-lite";

/** Fields of a generated save. */
export interface SaveParameters {
    player: string;
    title: string;
    level: number;
    location: string;
    playTime: string;
    number: number;
    plugins: readonly string[];
    /** Pixels; zero for none. The picture is that of {@link generatedPixels}. */
    screenshot: { width: number; height: number };
    /** Null leaves the block out, as Fallout 3 does. */
    language: string | null;
    /** Encoding of its texts. */
    encoding: string;
    /** Bytes after the list of plugins, where a real save has the state of the game. */
    fillerBytes: number;
}

const usual: SaveParameters = {
    player: "Courier",
    title: "Drifter",
    level: 7,
    location: "Goodsprings",
    playTime: "001.45.28",
    number: 12,
    plugins: ["FalloutNV.esm", "DeadMoney.esm", "HonestHearts.esm"],
    screenshot: { width: 16, height: 9 },
    language: "ENGLISH",
    encoding: "win1252",
    fillerBytes: 0,
};

/** The bytes of a valid save, with defaults for fields that are not given. */
export function generateSave(parameters: Partial<SaveParameters> = {}): Buffer {
    return Buffer.concat([...generatePieces({ ...usual, ...parameters })]);
}

/** Writes a valid save of any size in pieces. */
export async function writeSave(file: string, parameters: Partial<SaveParameters> = {}): Promise<void> {
    const handle = await open(file, "w");
    try {
        for (const piece of generatePieces({ ...usual, ...parameters })) {
            await handle.writeFile(piece);
        }
    } finally {
        await handle.close();
    }
}

/** The pixels of a generated picture: all lines and all columns differ. */
export function generatedPixels(width: number, height: number): Buffer {
    const pixels = Buffer.alloc(width * height * 3);
    for (let index = 0; index < pixels.length; index++) {
        pixels[index] = (index * 31 + Math.floor(index / (width * 3)) * 57) % 256;
    }
    return pixels;
}

/** Written by the byte table of the format, independently of the reader. */
function* generatePieces(save: SaveParameters): Generator<Buffer> {
    const body = headerBody(save);
    yield Buffer.concat([Buffer.from("FO3SAVEGAME"), u32(body.length), body]);
    yield generatedPixels(save.screenshot.width, save.screenshot.height);
    yield pluginBlock(save);
    yield* filler(save.fillerBytes);
}

function headerBody(save: SaveParameters): Buffer {
    const text = (words: string) => encodedText(words, save.encoding);
    const language = save.language === null ? [] : [paddedTo(64, save.language), separatorBytes];
    return Buffer.concat([
        ...[u32(0x30), separatorBytes],
        ...language,
        ...[u32(save.screenshot.width), separatorBytes],
        ...[u32(save.screenshot.height), separatorBytes],
        ...[u32(save.number), separatorBytes],
        text(save.player),
        text(save.title),
        ...[u32(save.level), separatorBytes],
        text(save.location),
        text(save.playTime),
    ]);
}

function pluginBlock({ plugins, encoding }: SaveParameters): Buffer {
    const text = (words: string) => encodedText(words, encoding);
    const list = Buffer.concat([Buffer.from([plugins.length]), separatorBytes, ...plugins.map(text)]);
    return Buffer.concat([Buffer.from([0x15]), u32(list.length), list]);
}

function* filler(count: number): Generator<Buffer> {
    const piece = Buffer.from(Uint8Array.from({ length: 65_536 }, (_, index) => (index * 73) % 251));
    for (let left = count; left > 0; left -= piece.length) {
        yield piece.subarray(0, left);
    }
}

const separatorBytes = Buffer.from("|");

/** An empty text has no second separator. */
function encodedText(words: string, encoding: string): Buffer {
    const bytes = iconv.encode(words, encoding);
    const length = Buffer.alloc(2);
    length.writeUInt16LE(bytes.length);
    return Buffer.concat([length, separatorBytes, ...(bytes.length === 0 ? [] : [bytes, separatorBytes])]);
}

function paddedTo(length: number, words: string): Buffer {
    return Buffer.concat([iconv.encode(words, "win1252")], length);
}

function u32(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
}
