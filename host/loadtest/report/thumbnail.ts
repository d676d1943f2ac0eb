import { type DecodedPng, decode } from "fast-png";
import { encodeJpeg, type Pixels } from "./encode-jpeg.js";

/** No larger picture is looked at; those of a file of results are at most 320 wide. */
const sideAtMost = 2048;

/**
 * A picture as small as a page of hundreds needs it.
 *
 * @param png as base64, from a file that may hold anything
 * @param width of the result at most, in pixels
 * @returns JPEG as base64; null for what is no picture with 8 bits for each colour, which is what poolnv writes
 */
export async function thumbnail(png: string, width: number): Promise<string | null> {
    const image = decoded(Buffer.from(png, "base64"));
    return image === null ? null : encodeJpeg(shrink(image, width));
}

function decoded(bytes: Buffer): DecodedPng | null {
    try {
        const [fullWidth, fullHeight] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
        if (fullWidth > sideAtMost || fullHeight > sideAtMost) return null;
        const image = decode(bytes);
        return image.depth === 8 && image.channels >= 3 ? image : null;
    } catch {
        return null;
    }
}

/** Each point is the mean of those that it stands for. */
function shrink(image: DecodedPng, widthAtMost: number): Pixels {
    const width = Math.min(image.width, widthAtMost);
    const height = Math.max(1, Math.round((image.height * width) / image.width));
    const data = new Uint8ClampedArray(width * height * 4).fill(255);
    for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
            for (let colour = 0; colour < 3; colour++) {
                const [left, right] = range(x, width, image.width);
                const [top, bottom] = range(y, height, image.height);
                data[(y * width + x) * 4 + colour] = mean(image, { left, right, top, bottom }, colour);
            }
    return { width, height, data };
}

function range(index: number, parts: number, whole: number): [number, number] {
    const begin = Math.floor((index * whole) / parts);
    return [begin, Math.max(begin + 1, Math.floor(((index + 1) * whole) / parts))];
}

function mean(
    { data, width, channels }: DecodedPng,
    { left, right, top, bottom }: { left: number; right: number; top: number; bottom: number },
    colour: number,
): number {
    let sum = 0;
    for (let y = top; y < bottom; y++)
        for (let x = left; x < right; x++) sum += data[(y * width + x) * channels + colour]!;
    return sum / ((right - left) * (bottom - top));
}
