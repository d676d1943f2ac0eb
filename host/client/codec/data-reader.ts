import { forgedPool } from "../replies.js";

/** The data of an answer, read with bounds. Newer residents may add fields behind the ones that are known. */
export class DataReader {
    readonly #data: Buffer;
    readonly #request: string;

    /** @param request that it answers, for the error */
    constructor(data: Buffer, request: string) {
        this.#data = data;
        this.#request = request;
    }

    get bytes(): number {
        return this.#data.length;
    }

    /** @throws UserError FORGED_POOL, as the others, if the data is shorter */
    u32(offset: number): number {
        return this.slice(offset, 4).readUInt32LE();
    }

    /** Values beyond 2^53 are not exact, and remain too large for the checks of replies. */
    u64(offset: number): number {
        return Number(this.slice(offset, 8).readBigUInt64LE());
    }

    /** In hexadecimal, with eight digits or more. */
    address(offset: number): string {
        return `0x${this.slice(offset, 8).readBigUInt64LE().toString(16).padStart(8, "0")}`;
    }

    slice(offset: number, bytes: number): Buffer {
        if (offset < 0 || bytes < 0 || offset + bytes > this.#data.length) {
            throw forgedPool(`sent ${this.#data.length} bytes, which are too few, in reply to "${this.#request}"`);
        }
        return this.#data.subarray(offset, offset + bytes);
    }

    from(offset: number): Buffer {
        return this.slice(offset, this.#data.length - offset);
    }
}
