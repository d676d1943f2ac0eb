import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import encode, { init } from "@jsquash/jpeg/encode.js";

export interface Pixels {
    readonly width: number;
    readonly height: number;
    /** Red, green, blue and opacity of each. */
    readonly data: Uint8ClampedArray;
}

/** @returns base64 */
export async function encodeJpeg(pixels: Pixels): Promise<string> {
    await (ready ??= load());
    return Buffer.from(await encode(pixels as never, settings)).toString("base64");
}

/** Small, and made for hundreds of pictures in a few seconds. */
const settings = { quality: 60, baseline: true, progressive: false };

let ready: Promise<void> | null = null;

/** By itself the encoder would be fetched as in a browser. */
async function load(): Promise<void> {
    const file = createRequire(import.meta.url).resolve("@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm");
    await init({ wasmBinary: await readFile(file), printErr: () => {} });
}
