import { decode } from "fast-png";
import type { Screenshot } from "../../game/saves/save.js";
import { shrinkScreenshot } from "../../game/saves/shrink-screenshot.js";
import { encodeJpeg, type Pixels } from "./encode-jpeg.js";

/** No larger picture is looked at; those of a file of results are at most 320 wide. */
const sideAtMost = 2048;

/**
 * A picture as small as a page of hundreds needs it.
 *
 * @param png as base64, from a file that may hold anything
 * @param width of the result at most, in pixels
 * @returns JPEG as base64; null for what is no picture of three colours with 8 bits each, as poolnv writes it
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

/** As the encoder takes it. */
function withOpacity({ width, height, pixels }: Screenshot): Pixels {
    const data = new Uint8ClampedArray(width * height * 4).fill(255);
    for (let point = 0; point < width * height; point++)
        for (let colour = 0; colour < 3; colour++) data[point * 4 + colour] = pixels[point * 3 + colour]!;
    return { width, height, data };
}
