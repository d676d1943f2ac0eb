import { screenshotPng } from "../../../host/game/saves/screenshots.js";

const [width, height] = [320, 180];

/**
 * A desert under a sky, with grain: as hard to compress as a picture of the game.
 *
 * @returns PNG as base64
 */
export function generatePicture(seed: number): string {
    const pixels = new Uint8Array(width * height * 3);
    let grain = (seed * 2_654_435_761 + 1) >>> 0;
    for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
            grain = (Math.imul(grain, 1_664_525) + 1_013_904_223) >>> 0;
            const horizon = 80 + 20 * Math.sin((x + seed * 37) / 40) + 8 * Math.sin((x + seed * 11) / 9);
            const shade = (grain >>> 24) / 8 + (y > horizon ? 20 * Math.sin((x * y + seed) / 90) : 0);
            const [red, green, blue] = y < horizon ? [150 + y / 2, 140 + y / 2, 150] : [150 - y / 3, 110 - y / 3, 70];
            pixels.set([red + shade, green + shade, blue + shade], (y * width + x) * 3);
        }
    }
    return Buffer.from(screenshotPng({ width, height, pixels })).toString("base64");
}
