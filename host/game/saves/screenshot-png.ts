import { encode } from "fast-png";

import type { Screenshot } from "./save.js";

/** A picture as a PNG file, 8 bits for each of three colours. */
export function screenshotPng({ width, height, pixels }: Screenshot): Uint8Array {
    return encode({ width, height, data: pixels, depth: 8, channels: 3 });
}
