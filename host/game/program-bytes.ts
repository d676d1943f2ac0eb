import { closeSync, readSync } from "node:fs";
import { bytesPerMb } from "../../shared/bytes.js";
import { openRegularFile } from "../files/read-file.js";
import { describeSystemError, isSystemError, UnreadableFile } from "../files/system-error.js";

/** A program file, read in pieces. */
export class ProgramBytes {
    private constructor(
        readonly file: string,
        readonly size: number,
        readonly handle: number,
    ) {}

    /**
     * Opens a file for the time of a call.
     *
     * @throws UnreadableFile; what `use` throws
     */
    static read<T>(file: string, use: (bytes: ProgramBytes) => T): T {
        try {
            const { handle, stats } = openRegularFile(file);
            try {
                return use(new ProgramBytes(file, stats.size, handle));
            } finally {
                closeSync(handle);
            }
        } catch (error) {
            throw isSystemError(error) ? new UnreadableFile(file, describeSystemError(error), { cause: error }) : error;
        }
    }

    /**
     * Reads `count` bytes.
     *
     * @throws UnreadableFile if the file ends before them
     */
    at(offset: number, count: number): Buffer {
        const buffer = Buffer.alloc(count);
        if (offset + count > this.size || readSync(this.handle, buffer, 0, count, offset) !== count) {
            throw new UnreadableFile(this.file, "it is cut off");
        }
        return buffer;
    }

    /** True if the first `limit` bytes contain a text. */
    contains(text: string, limit: number): boolean {
        const end = Math.min(this.size, limit);
        const buffer = Buffer.alloc(pieceBytes);
        for (let offset = 0; offset < end; offset += pieceBytes - text.length) {
            const read = readSync(this.handle, buffer, 0, pieceBytes, offset);
            if (buffer.subarray(0, read).includes(text, 0, "latin1")) return true;
            if (read < pieceBytes) return false;
        }
        return false;
    }
}

const pieceBytes = bytesPerMb;
