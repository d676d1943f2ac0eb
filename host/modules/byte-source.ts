/** Untrusted bytes by position: a file, or the memory of a process. Offsets and counts are whole numbers, not negative. */
export interface ByteSource {
    /** For error texts. */
    readonly file: string;

    /**
     * Reads `count` bytes. The caller limits the count.
     *
     * @throws UnreadableFile if not all of them are there
     */
    at(offset: number, count: number): Buffer;

    /**
     * Reads `count` bytes, or fewer where they end.
     *
     * @throws UnreadableFile
     */
    upTo(offset: number, count: number): Buffer;
}

/** The text that starts at an offset and ends before a zero byte, up to `limit` bytes of it. */
export function textAt(bytes: ByteSource, offset: number, limit: number): string {
    const read = bytes.upTo(offset, limit);
    const end = read.indexOf(0);
    return read.toString("utf8", 0, end === -1 ? read.length : end);
}
