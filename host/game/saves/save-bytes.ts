import { SaveError } from "./save-error.js";

/** Where bytes come from: a file that is open, or what a test plays for one. */
export interface ByteSource {
    /** Reads into the buffer from an absolute position; 0 bytes read mean that the end was there. */
    read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
}

/** Most headers are smaller, with all their plugins: one read in front of the picture, one behind it. */
const PIECE_BYTES = 4096;
const SEPARATOR = 0x7c;

/**
 * The bytes of a save from its start, read piece by piece as they are asked for. Reads what is there and believes no
 * length: what is not there is a fault that names the byte.
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

    /** Where the next byte is taken from, counted from the start of the file. */
    get position(): number {
        return this.#position;
    }

    /**
     * Looks whether so many bytes are there, without reading them: at the last of them.
     *
     * @throws UserError BAD_SAVE where the file ends before
     */
    async expect(count: number, what: string): Promise<void> {
        if (count > 0 && (await this.#look(this.#position + count - 1, 1)).length === 0) {
            throw this.fault(`it ends in the middle of ${what}`);
        }
    }

    /** Passes bytes over that have been looked for. */
    skip(count: number): void {
        this.#position += count;
    }

    /**
     * Takes so many bytes.
     *
     * @param what what they are, for a message: `the player's name`
     * @throws UserError BAD_SAVE where the file ends before
     */
    async take(count: number, what: string): Promise<Buffer> {
        const bytes = await this.#look(this.#position, count);
        if (bytes.length < count) {
            throw this.fault(`it ends at byte ${this.#position + bytes.length}, in the middle of ${what}`);
        }
        this.#position += count;
        return bytes;
    }

    async u8(what: string): Promise<number> {
        return (await this.take(1, what)).readUInt8();
    }

    async u16(what: string): Promise<number> {
        return (await this.take(2, what)).readUInt16LE();
    }

    async u32(what: string): Promise<number> {
        return (await this.take(4, what)).readUInt32LE();
    }

    /** Takes the separator behind a field. */
    async separator(what: string): Promise<void> {
        const position = this.#position;
        if ((await this.u8(what)) !== SEPARATOR) {
            throw this.fault(`there is no separator at byte ${position}, at ${what}`);
        }
    }

    /** Whether there is a separator further on. Takes nothing. */
    async isSeparatorAt(position: number): Promise<boolean> {
        return (await this.#look(position, 1))[0] === SEPARATOR;
    }

    /** The error for a save that is not what it should be. */
    fault(reason: string): SaveError {
        return new SaveError("BAD_SAVE", this.#file, reason);
    }

    /** Bytes at a position, fewer where the file ends. */
    async #look(position: number, count: number): Promise<Buffer> {
        const start = position - this.#pieceStart;
        if (start < 0 || start + count > this.#piece.length) {
            this.#piece = await this.#read(position, Math.max(count, PIECE_BYTES));
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
