import type { ByteSource } from "../../../host/game/saves/save-bytes.js";

/** A save in memory that records the largest buffer that was allocated for it. */
export class BytesInMemory implements ByteSource {
    largestBuffer = 0;

    constructor(
        private readonly content: Buffer,
        /** Most bytes of one read. */
        private readonly mostAtOnce = Number.MAX_SAFE_INTEGER,
    ) {}

    async read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }> {
        this.largestBuffer = Math.max(this.largestBuffer, buffer.length);
        const end = position + Math.min(length, this.mostAtOnce);
        return { bytesRead: this.content.subarray(position, end).copy(buffer, offset) };
    }
}
