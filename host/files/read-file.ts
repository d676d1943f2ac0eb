import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { systemPath } from "./path-bytes.js";
import { describeSystemError, isSystemError, UnreadableFile } from "./system-error.js";

/**
 * Reads an untrusted file whole, if it is a regular one of no more than `maxBytes`. What is appended while it is read is
 * left out.
 *
 * @returns null if there is no such file
 * @throws UnreadableFile
 */
export function readSmallFile(file: string, maxBytes: number): Buffer | null {
    return readIfThere(file, (handle, { size }) => {
        if (size > maxBytes) throw new UnreadableFile(file, `it is larger than ${maxBytes} bytes`);
        return readFrom(handle, 0, size);
    });
}

/**
 * Reads the end of a text file: at most `maxBytes`, from the start of a line.
 *
 * @returns null if there is no such file
 * @throws UnreadableFile
 */
export function readTail(file: string, maxBytes: number): string | null {
    return readIfThere(file, (handle, { size }) => {
        const start = Math.max(0, size - maxBytes);
        const text = readFrom(handle, start, size - start).toString("utf8");
        return start > 0 ? text.slice(text.indexOf("\n") + 1) : text;
    });
}

/**
 * Opens a file for reading, if it is a regular one: a pipe or a device could block for ever, and an open alone can have an
 * effect on the other end. The caller closes the handle.
 *
 * @throws UnreadableFile; a system error if the file can't be opened
 */
export function openRegularFile(file: string): { handle: number; stats: Stats } {
    requireRegular(file, statSync(systemPath(file)));
    const handle = openSync(systemPath(file), readFlags);
    try {
        const stats = fstatSync(handle);
        requireRegular(file, stats); // another file may have taken its place since the first check
        return { handle, stats };
    } catch (error) {
        closeSync(handle);
        throw error;
    }
}

/** Opens without waiting for the other end of a pipe, and takes no terminal. Windows has neither flag. */
export const readFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/** True for a regular file, or a link to one, that this user can reach. */
export function isFile(path: string): boolean {
    return statsOf(path)?.isFile() === true;
}

/** True for a folder, or a link to one, that this user can reach. */
export function isFolder(path: string): boolean {
    return statsOf(path)?.isDirectory() === true;
}

function statsOf(path: string): Stats | null {
    try {
        return statSync(systemPath(path));
    } catch {
        return null;
    }
}

function readIfThere<T>(file: string, read: (handle: number, stats: Stats) => T): T | null {
    try {
        const { handle, stats } = openRegularFile(file);
        try {
            return read(handle, stats);
        } finally {
            closeSync(handle);
        }
    } catch (error) {
        if (!isSystemError(error)) throw error;
        if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
        throw new UnreadableFile(file, describeSystemError(error), { cause: error });
    }
}

function requireRegular(file: string, stats: Stats): void {
    if (!stats.isFile()) {
        throw new UnreadableFile(file, stats.isDirectory() ? "it is a folder" : "it is no regular file");
    }
}

/** Fewer bytes if the file has been cut meanwhile. */
function readFrom(handle: number, start: number, count: number): Buffer {
    const buffer = Buffer.alloc(count);
    let filled = 0;
    while (filled < count) {
        const read = readSync(handle, buffer, filled, count - filled, start + filled);
        if (read === 0) break;
        filled += read;
    }
    return buffer.subarray(0, filled);
}
