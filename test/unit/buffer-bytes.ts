import { UnreadableFile } from "../../host/files/system-error.js";
import type { ByteSource } from "../../host/modules/byte-source.js";

/** A file that exists in memory alone; counts what is read of it. */
export class BufferBytes implements ByteSource {
    readonly file = "in memory";
    /** In bytes, so far. */
    read = 0;
    readonly #content: Buffer;

    constructor(content: Buffer) {
        this.#content = content;
    }

    at(offset: number, count: number): Buffer {
        const buffer = this.upTo(offset, count);
        if (buffer.length < count) throw new UnreadableFile(this.file, "it is cut off");
        return buffer;
    }

    upTo(offset: number, count: number): Buffer {
        const isPossible = Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(count) && count >= 0;
        if (!isPossible) throw new Error(`read ${count} bytes at ${offset}`);
        const buffer = this.#content.subarray(offset, offset + count);
        this.read += buffer.length;
        return buffer;
    }
}
