import type { Engine, EngineSession } from "../frida/engine.js";
import type { EndReason, Transport } from "./transport.js";

/** Carries requests to the session script by an attached Frida session. Owns the session and its engine. */
export class FridaTransport implements Transport {
    readonly engine: Pick<Engine, "kind" | "version">;
    readonly ended: Promise<EndReason>;
    readonly #engine: Engine;
    readonly #session: EngineSession;

    constructor(engine: Engine, session: EngineSession) {
        this.engine = { kind: engine.kind, version: engine.version };
        this.ended = session.detached.then(({ reason }) => reason);
        this.#engine = engine;
        this.#session = session;
    }

    request(name: string, payload: unknown): Promise<unknown> {
        return this.#session.request(name, payload);
    }

    onMessage(listener: (text: string) => void): void {
        this.#session.onMessage(listener);
    }

    async close(): Promise<void> {
        await this.#session.detach().catch(() => {}); // the program may have ended
        this.#engine.close();
    }
}
