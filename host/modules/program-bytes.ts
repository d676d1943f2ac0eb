import { closeSync, readSync, type Stats } from "node:fs";
import { bytesPerMb } from "../../shared/bytes.js";
import { openRegularFile } from "../files/read-file.js";
import { describeSystemError, isSystemError, UnreadableFile } from "../files/system-error.js";
import type { ByteSource } from "./byte-source.js";

/** A program file, read in pieces. */
export class ProgramBytes implements ByteSource {
    readonly #stats: Stats;

    private constructor(
        readonly file: string,
        readonly handle: number,
        stats: Stats,
    ) {
        this.#stats = stats;
    }

    /**
     * Opens a file for the time of a call.
     *
     * @throws UnreadableFile; what `use` throws
     */
    static read<T>(file: string, use: (bytes: ProgramBytes) => T): T {
        const bytes = ProgramBytes.open(file);
        try {
            return use(bytes);
        } catch (error) {
            throw isSystemError(error) ? unreadable(file, error) : error;
        } finally {
            bytes.close();
        }
    }

    /**
     * Opens a file; the caller closes it.
     *
     * @throws UnreadableFile
     */
    static open(file: string): ProgramBytes {
        try {
            const { handle, stats } = openRegularFile(file);
            return new ProgramBytes(file, handle, stats);
        } catch (error) {
            throw isSystemError(error) ? unreadable(file, error) : error;
        }
    }

    /** In bytes, when it was opened. */
    get size(): number {
        return this.#stats.size;
    }

    /** Its number in its file system. */
    get inode(): number {
        return this.#stats.ino;
    }

    /** Another one after the file has been changed or replaced. */
    get identity(): string {
        const { dev, ino, size, mtimeMs } = this.#stats;
        return [dev, ino, size, mtimeMs].join(":");
    }

    close(): void {
        closeSync(this.handle);
    }

    at(offset: number, count: number): Buffer {
        const buffer = offset + count > this.size ? Buffer.alloc(0) : this.upTo(offset, count);
        if (buffer.length < count) throw new UnreadableFile(this.file, "it is cut off");
        return buffer;
    }

    upTo(offset: number, count: number): Buffer {
        if (offset >= this.size) return Buffer.alloc(0);
        const buffer = Buffer.alloc(Math.min(count, this.size - offset));
        try {
            return buffer.subarray(0, readSync(this.handle, buffer, 0, buffer.length, offset));
        } catch (error) {
            throw isSystemError(error) ? unreadable(this.file, error) : error;
        }
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

function unreadable(file: string, error: NodeJS.ErrnoException): UnreadableFile {
    return new UnreadableFile(file, describeSystemError(error), { cause: error });
}
