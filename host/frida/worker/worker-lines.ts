import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { z } from "zod";
import type { WorkerLine } from "./worker-protocol.js";

/**
 * Splits a stream into lines, as `node:readline` does, but buffers no more than `limit` characters of one.
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
    let buffered = 0;
    const read = (chunk: Buffer): void => {
        const [first = "", ...rest] = decoder.write(chunk).split("\n");
        for (const [index, piece] of [first, ...rest].entries()) {
            if (index > 0) {
                onLine(parts.join(""));
                parts = [];
                buffered = 0;
            }
            parts.push(piece);
            buffered += piece.length;
        }
        if (buffered <= limit) return;
        stream.off("data", read);
        parts = [];
        onTooLong();
    };
    stream.on("data", read);
}

/**
 * Parses a line of a worker. Parts of it come from the program, so that every field is checked.
 *
 * @returns null for a line that is not of the protocol, such as a runtime's own warning on standard output
 */
export function parseWorkerLine(line: string): WorkerLine | null {
    try {
        return workerLine.safeParse(JSON.parse(line)).data ?? null;
    } catch {
        return null;
    }
}

const text = z.string();
/** Any code is accepted here; `translateErrors` knows which codes an agent may answer with. */
const refusal = z.object({ code: text, message: text, stack: text.optional(), mismatches: z.unknown().optional() });

const workerLine: z.ZodType<WorkerLine> = z.union([
    z.object({ hello: z.object({ version: text, platform: text }) }),
    z.object({ hello: z.null(), reason: text }),
    z.object({
        id: z.number(),
        results: z.array(z.unknown()),
        error: z.object({ name: text, message: text, refusal: refusal.optional() }).optional(),
    }),
    z.object({ event: z.literal("detached"), session: text, reason: text, crash: text.nullable() }),
    z.object({ event: z.literal("exited"), pid: z.number().int(), code: z.number().int() }),
    z.object({ event: z.literal("message"), script: text, text }),
]);
