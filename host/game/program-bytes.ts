import { closeSync, fstatSync, openSync, readSync } from "node:fs";

import { describeSystemError, isSystemError, READ_FLAGS, UnreadableFile } from "../files/read-small-file.js";
import { isFile } from "../files/is-file.js";

/** A file that is read in small pieces, however large it is. */
export class ProgramBytes {
    private constructor(
        readonly file: string,
        readonly size: number,
        readonly handle: number,
    ) {}

    /**
     * Opens a file, lets it be read, and closes it.
     *
     * @throws UnreadableFile, and what `use` throws
     */
    static read<T>(file: string, use: (bytes: ProgramBytes) => T): T {
        if (!isFile(file)) throw new UnreadableFile(file, "it is no file"); // opening a pipe can wait for ever
        try {
            const handle = openSync(file, READ_FLAGS);
            try {
                return use(new ProgramBytes(file, fstatSync(handle).size, handle));
            } finally {
                closeSync(handle);
            }
        } catch (error) {
            throw isSystemError(error) ? new UnreadableFile(file, describeSystemError(error), { cause: error }) : error;
        }
    }

    /**
     * @returns exactly so many bytes
     * @throws UnreadableFile where the file has not as many there
     */
    at(offset: number, count: number): Buffer {
        const buffer = Buffer.alloc(count);
        if (offset + count > this.size || readSync(this.handle, buffer, 0, count, offset) !== count)
            throw new UnreadableFile(this.file, "it ends where a program would go on");
        return buffer;
    }

    /** Whether a text of this name is anywhere in the first `limit` bytes. */
    contains(text: string, limit: number): boolean {
        const end = Math.min(this.size, limit);
        const buffer = Buffer.alloc(PIECE);
        for (let offset = 0; offset < end; offset += PIECE - text.length) {
            const read = readSync(this.handle, buffer, 0, PIECE, offset);
            if (buffer.subarray(0, read).includes(text, 0, "latin1")) return true;
            if (read < PIECE) return false;
        }
        return false;
    }
}

const PIECE = 1_048_576;
