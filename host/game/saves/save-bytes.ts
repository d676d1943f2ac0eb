import { SaveError } from "./save.js";

/** Source of bytes: an open file, or a test's buffer. */
export interface ByteSource {
    /** Reads into the buffer from an absolute position; 0 bytes read: the end. */
    read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
}

/** More than most headers and plugin lists have: one read before the screenshot, one after it. */
const pieceBytes = 4096;
/** `|` */
const separatorByte = 0x7c;

/**
 * Reads a save from its start, piece by piece. Trusts no length in the file: bytes that are missing are an error that
 * gives their position.
 */
export class SaveBytes {
    readonly #source: ByteSource;
    readonly #file: string;
    #piece: Buffer = Buffer.alloc(0);
    #pieceStart = 0;
    #position = 0;

    /** @param file full path, for messages */
    constructor(source: ByteSource, file: string) {
        this.#source = source;
        this.#file = file;
    }

    /** Position of the next byte, from the start of the file. */
    get position(): number {
        return this.#position;
    }

    /**
     * Checks that `count` more bytes exist, by reading only the last of them.
     *
     * @throws UserError BAD_SAVE
     */
    async expect(count: number, what: string): Promise<void> {
        if (count > 0 && (await this.#peek(this.#position + count - 1, 1)).length === 0) {
            throw this.badSave(`it ends in the middle of ${what}`);
        }
    }

    /** Skips bytes that `expect` has checked. */
    skip(count: number): void {
        this.#position += count;
    }

    /**
     * Reads the next `count` bytes.
     *
     * @param what names them in errors: `the player's name`
     * @throws UserError BAD_SAVE if the file ends before them
     */
    async take(count: number, what: string): Promise<Buffer> {
        const bytes = await this.#peek(this.#position, count);
        if (bytes.length < count) {
            throw this.badSave(`it ends at byte ${this.#position + bytes.length}, in the middle of ${what}`);
        }
        this.#position += count;
        return bytes;
    }

    /** Reads an unsigned number of 8 bits. */
    async u8(what: string): Promise<number> {
        return (await this.take(1, what)).readUInt8();
    }

    /** The same of 16 bits, little-endian. */
    async u16(what: string): Promise<number> {
        return (await this.take(2, what)).readUInt16LE();
    }

    /** The same of 32 bits. */
    async u32(what: string): Promise<number> {
        return (await this.take(4, what)).readUInt32LE();
    }

    /** Reads the separator after a field. */
    async separator(what: string): Promise<void> {
        const position = this.#position;
        if ((await this.u8(what)) !== separatorByte) {
            throw this.badSave(`there is no separator at byte ${position}, at ${what}`);
        }
    }

    /** True if there is a separator at a position. Does not move the position. */
    async isSeparatorAt(position: number): Promise<boolean> {
        return (await this.#peek(position, 1))[0] === separatorByte;
    }

    /** A BAD_SAVE error for this file. */
    badSave(reason: string): SaveError {
        return new SaveError("BAD_SAVE", this.#file, reason);
    }

    /** Bytes at a position; fewer at the end of the file. */
    async #peek(position: number, count: number): Promise<Buffer> {
        const start = position - this.#pieceStart;
        if (start < 0 || start + count > this.#piece.length) {
            this.#piece = await this.#read(position, Math.max(count, pieceBytes));
            this.#pieceStart = position;
            return this.#piece.subarray(0, count);
        }
        return this.#piece.subarray(start, start + count);
    }

    async #read(position: number, wanted: number): Promise<Buffer> {
        const buffer = Buffer.alloc(wanted);
        let length = 0;
        while (length < wanted) {
            const { bytesRead } = await this.#source.read(buffer, length, wanted - length, position + length);
            if (bytesRead === 0) {
                break;
            }
            length += bytesRead;
        }
        return buffer.subarray(0, length);
    }
}
