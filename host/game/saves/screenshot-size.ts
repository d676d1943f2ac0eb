import type { ScreenshotSize } from "./save.js";
import type { SaveBytes } from "./save-bytes.js";

/** Four times what the game itself makes on the largest screens. */
const MAX_SIDE = 2048;

/**
 * Looks whether a picture can be of that size; null where it has no pixels.
 *
 * @throws UserError BAD_SAVE
 */
export function checkScreenshotSize(width: number, height: number, bytes: SaveBytes): ScreenshotSize | null {
    if (width > MAX_SIDE || height > MAX_SIDE) {
        throw bytes.fault(`its picture is said to have ${width} by ${height} pixels; ${MAX_SIDE} is the most`);
    }
    return width === 0 || height === 0 ? null : { width, height };
}

/** Bytes that a picture takes in a save. */
export function pixelBytes(size: ScreenshotSize | null): number {
    return size === null ? 0 : size.width * size.height * 3;
}
