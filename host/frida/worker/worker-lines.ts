import { z } from "zod";
import type { WorkerLine } from "./worker-protocol.js";

/**
 * What a line of a worker says. Parts of it come from the target, so that nothing is taken for granted. Null for a line
 * that is none of the protocol, such as a runtime's own warning on standard output.
 */
export function parseWorkerLine(line: string): WorkerLine | null {
    try {
        return workerLine.safeParse(JSON.parse(line)).data ?? null;
    } catch {
        return null;
    }
}

const text = z.string();
/** Agents answer with any code they like; what it means is judged where errors are translated. */
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
