import type { Engine, EngineSession } from "../frida/engine.js";
import { askScript } from "./ask.js";
import { requestByPost } from "./codec/request-by-post.js";
import type { EndReason, Transport } from "./transport.js";

/**
 * Carries requests by a session that stays in the program, whose script puts them into the mailbox: for a program whose
 * memory this host can't access, and that has no mailbox file. Owns the session and its engine.
 */
export class FridaTransport implements Transport {
    readonly ended: Promise<EndReason>;
    readonly #engine: Engine;
    readonly #session: EngineSession;

    constructor(engine: Engine, session: EngineSession) {
        this.ended = session.detached.then(({ reason }) => reason);
        this.#engine = engine;
        this.#session = session;
    }

    request(name: string, payload: unknown): Promise<unknown> {
        return requestByPost((code, data) => this.#post(code, data), name, payload);
    }

    async close(): Promise<void> {
        await this.#session.detach().catch(() => {}); // the program may have ended
        this.#engine.close();
    }

    async #post(code: number, request: Buffer) {
        const { status, data } = await askScript(this.#session, "post", { code, data: request.toString("hex") });
        return { status, data: Buffer.from(data, "hex") };
    }
}
