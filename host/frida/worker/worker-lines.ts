import { z } from "zod";
import type { CarrierLine } from "./worker-protocol.js";

/**
 * What a line of a carrier says. Parts of it come from the target, so that nothing is taken for granted. Null for a line
 * that is none of the protocol, such as a runtime's own warning on standard output.
 */
export function parseCarrierLine(line: string): CarrierLine | null {
    try {
        return carrierLine.safeParse(JSON.parse(line)).data ?? null;
    } catch {
        return null;
    }
}

const text = z.string();
/** Agents answer with any code they like; what it means is judged where errors are translated. */
const refusal = z.object({ code: text, message: text, stack: text.optional(), mismatches: z.unknown().optional() });

const carrierLine: z.ZodType<CarrierLine> = z.union([
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
