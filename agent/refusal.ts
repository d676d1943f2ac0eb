import type { AgentErrorCode, ByteMismatch } from "../shared/protocol/errors.js";
import type { Reply } from "../shared/protocol/requests.js";

/** A refusal that the host shows to the user. */
export class Refusal extends Error {
    constructor(
        readonly code: AgentErrorCode,
        message: string,
        /** With GAME_CHANGED: the code that differs. */
        readonly mismatches?: ByteMismatch[],
    ) {
        super(message);
    }
}

/** Turns a result or an exception into a reply: agents never throw across the wire. */
export async function replyTo(answer: () => unknown): Promise<Reply<unknown>> {
    try {
        return { ok: true, value: (await answer()) ?? null };
    } catch (error) {
        const { message, stack } = error instanceof Error ? error : new Error(String(error));
        const { code, mismatches } = error instanceof Refusal ? error : { code: "INTERNAL" as const };
        return { ok: false, error: { code, message, stack, mismatches } };
    }
}
