import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import encode, { init } from "@jsquash/jpeg/encode.js";
import { decode } from "fast-png";
import type { Screenshot } from "../../game/saves/save.js";
import { shrinkScreenshot } from "../../game/saves/screenshots.js";

/** Larger pictures are not decoded; poolnv writes at most 320 pixels of width. */
const sideAtMost = 2048;

/**
 * Makes a small JPEG of the picture of a save.
 *
 * @param png base64, untrusted
 * @param width largest width of the result, in pixels
 * @returns JPEG as base64; null if the PNG is invalid or not RGB with 8 bits per channel, as poolnv writes it
 */
export async function thumbnail(png: string, width: number): Promise<string | null> {
    const picture = decoded(Buffer.from(png, "base64"));
    return picture === null ? null : encodeJpeg(withOpacity(shrinkScreenshot(picture, width)));
}

function decoded(bytes: Buffer): Screenshot | null {
    try {
        const [fullWidth, fullHeight] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
        if (fullWidth > sideAtMost || fullHeight > sideAtMost) return null;
        const { width, height, data, depth, channels } = decode(bytes);
        return depth === 8 && channels === 3 ? { width, height, pixels: Uint8Array.from(data) } : null;
    } catch {
        return null;
    }
}

/** RGBA, which is what the encoder takes. */
function withOpacity({ width, height, pixels }: Screenshot): Pixels {
    const data = new Uint8ClampedArray(width * height * 4).fill(255);
    for (let point = 0; point < width * height; point++) {
        for (let colour = 0; colour < 3; colour++) data[point * 4 + colour] = pixels[point * 3 + colour]!;
    }
    return { width, height, data };
}

interface Pixels {
    readonly width: number;
    readonly height: number;
    /** RGBA. */
    readonly data: Uint8ClampedArray;
}

/** @returns base64 */
async function encodeJpeg(pixels: Pixels): Promise<string> {
    await (ready ??= load());
    return Buffer.from(await encode(pixels as never, settings)).toString("base64");
}

/** Small files, and fast enough for hundreds of pictures in a few seconds. */
const settings = { quality: 60, baseline: true, progressive: false };

let ready: Promise<void> | null = null;

/** Loads the encoder from its package: by default it would be fetched, as in a browser. */
async function load(): Promise<void> {
    const file = createRequire(import.meta.url).resolve("@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm");
    await init({ wasmBinary: await readFile(file), printErr: () => {} });
}
