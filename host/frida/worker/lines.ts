import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/**
 * Splits a stream into lines, as `node:readline` does, but holds no more than a bounded part of one that does not end.
 *
 * @param limit characters of the longest line
 * @param onTooLong called once, with nothing read after it
 */
export function readLines(
    stream: Readable,
    limit: number,
    onLine: (line: string) => void,
    onTooLong: () => void,
): void {
    const decoder = new StringDecoder("utf8");
    let parts: string[] = [];
    let held = 0;
    const read = (chunk: Buffer): void => {
        const [first = "", ...rest] = decoder.write(chunk).split("\n");
        for (const [index, piece] of [first, ...rest].entries()) {
            if (index > 0) {
                onLine(parts.join(""));
                parts = [];
                held = 0;
            }
            parts.push(piece);
            held += piece.length;
        }
        if (held <= limit) return;
        stream.off("data", read);
        parts = [];
        onTooLong();
    };
    stream.on("data", read);
}
