import type { Screenshot } from "./save.js";

/** A picture of no more than so many pixels across, each the mean of those that it stands for. */
export function shrinkScreenshot(picture: Screenshot, widthAtMost: number): Screenshot {
    const { width, height, pixels } = picture;
    const step = Math.ceil(width / widthAtMost);
    if (step <= 1) return picture;
    const small = { width: Math.floor(width / step), height: Math.max(1, Math.floor(height / step)) };
    const shrunk = new Uint8Array(small.width * small.height * 3);
    for (let at = 0; at < shrunk.length; at++) {
        const column = Math.floor(at / 3) % small.width;
        const row = Math.floor(at / 3 / small.width);
        const rows = Math.min(step, height - row * step);
        let sum = 0;
        for (let down = 0; down < rows; down++)
            for (let across = 0; across < step; across++)
                sum += pixels[((row * step + down) * width + column * step + across) * 3 + (at % 3)]!;
        shrunk[at] = Math.round(sum / (rows * step));
    }
    return { ...small, pixels: shrunk };
}
