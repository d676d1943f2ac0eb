import { closeSync, fstatSync, openSync, readSync } from "node:fs";

import { describeSystemError, isSystemError, READ_FLAGS, UnreadableFile } from "./read-small-file.js";

/**
 * The end of a text file, from the beginning of a line on where it does not fit.
 *
 * @returns null where there is no file
 * @throws UnreadableFile also for what is no regular file: a pipe in its place could make us wait for ever
 */
export function readTail(file: string, maxBytes: number): string | null {
    try {
        const handle = openSync(file, READ_FLAGS);
        try {
            const stats = fstatSync(handle);
            if (!stats.isFile()) throw new UnreadableFile(file, "it is no regular file");
            const length = Math.min(stats.size, maxBytes);
            const buffer = Buffer.alloc(length);
            const read = readSync(handle, buffer, 0, length, stats.size - length);
            const text = buffer.toString("utf8", 0, read);
            return length < stats.size ? text.slice(text.indexOf("\n") + 1) : text;
        } finally {
            closeSync(handle);
        }
    } catch (error) {
        if (isSystemError(error) && (error.code === "ENOENT" || error.code === "ENOTDIR")) return null;
        throw isSystemError(error) ? new UnreadableFile(file, describeSystemError(error), { cause: error }) : error;
    }
}
