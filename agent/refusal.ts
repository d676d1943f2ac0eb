import type { AgentErrorCode, ByteMismatch, Reply } from "../shared/protocol.js";

/** A refusal that the host shows to a person. */
export class Refusal extends Error {
    constructor(
        readonly code: AgentErrorCode,
        message: string,
        /** With GAME_CHANGED: what differs. */
        readonly mismatches?: ByteMismatch[],
    ) {
        super(message);
    }
}

/** Answers a request with a reply, whatever happens: agents never throw across the wire. */
export async function replyTo(answer: () => unknown): Promise<Reply<unknown>> {
    try {
        return { ok: true, value: (await answer()) ?? null };
    } catch (error) {
        const { message, stack } = error instanceof Error ? error : new Error(String(error));
        const { code, mismatches } = error instanceof Refusal ? error : { code: "INTERNAL" as const };
        return { ok: false, error: { code, message, stack, mismatches } };
    }
}
