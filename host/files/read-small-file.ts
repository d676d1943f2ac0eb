import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { getSystemErrorMap } from "node:util";

/** A file that could not be read, or is none that we would read. `reason` has no path in it. */
export class UnreadableFile extends Error {
    /** What tells it from other errors. */
    override readonly name = "UnreadableFile";

    constructor(
        /** Its path. */
        readonly file: string,
        /** Why, without a path. */
        readonly reason: string,
        options?: ErrorOptions,
    ) {
        super(`${file} can't be read: ${reason}`, options);
    }
}

/**
 * Reads a stranger's file whole, if it is a regular one of no more than `maxBytes`: a pipe or a device in its place could
 * make us wait for ever, and an endless file take all memory.
 *
 * @returns null where there is none
 * @throws UnreadableFile
 */
export function readSmallFile(file: string, maxBytes: number): Buffer | null {
    try {
        requireSmall(file, statSync(file), maxBytes);
        const handle = openSync(file, READ_FLAGS);
        try {
            const stats = fstatSync(handle);
            requireSmall(file, stats, maxBytes); // it may have been exchanged meanwhile
            return readWhole(handle, stats.size);
        } finally {
            closeSync(handle);
        }
    } catch (error) {
        if (isSystemError(error) && (error.code === "ENOENT" || error.code === "ENOTDIR")) return null;
        throw isSystemError(error) ? new UnreadableFile(file, describeSystemError(error), { cause: error }) : error;
    }
}

/** For a file that is not to be changed: no waiting for a pipe's other end, no terminal of ours. Windows has only the first. */
export const READ_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
    return error instanceof Error && "syscall" in error;
}

/** The system's words without the path. */
export function describeSystemError({ errno, message }: NodeJS.ErrnoException): string {
    return getSystemErrorMap().get(errno ?? 0)?.[1] ?? message;
}

function requireSmall(file: string, stats: Stats, maxBytes: number): void {
    if (!stats.isFile())
        throw new UnreadableFile(file, stats.isDirectory() ? "it is a folder" : "it is no regular file");
    if (stats.size > maxBytes) throw tooLarge(file, maxBytes);
}

function tooLarge(file: string, maxBytes: number): UnreadableFile {
    return new UnreadableFile(file, `it is larger than ${maxBytes} bytes, which no such file is`);
}

/** What the file had when it was looked at; what is appended meanwhile is left. */
function readWhole(handle: number, bytes: number): Buffer {
    const buffer = Buffer.alloc(bytes);
    let filled = 0;
    while (filled < bytes) {
        const read = readSync(handle, buffer, filled, bytes - filled, filled);
        if (read === 0) break;
        filled += read;
    }
    return buffer.subarray(0, filled);
}
