import type { Engine, EngineSession } from "../engine/engine.js";
import { ask } from "./ask.js";
import type { Installed } from "./install.js";
import type { InstallReport, PoolFacts, PoolSession, PoolStatistics } from "./pool-session.js";
import { translateErrors } from "./translate-errors.js";

/** A session over an engine of its own, which ends with it. */
export class LivingPoolSession implements PoolSession {
    readonly facts: PoolFacts;
    readonly install: InstallReport;
    readonly engine: PoolSession["engine"];
    readonly ended: PoolSession["ended"];
    #engine: Engine;
    #session: EngineSession;
    #closing: Promise<void> | null = null;

    constructor(engine: Engine, session: EngineSession, { facts, install }: Installed) {
        this.#engine = engine;
        this.#session = session;
        this.facts = facts;
        this.install = install;
        this.engine = { kind: engine.kind, version: engine.version };
        this.ended = session.detached.then(({ reason }) => ({
            reason: this.#closing === null ? sentences[reason] : null,
        }));
    }

    statistics(): Promise<PoolStatistics> {
        return translateErrors(() => ask(this.#session, "statistics", null));
    }

    setActive(active: boolean): Promise<boolean> {
        return translateErrors(() => ask(this.#session, "setActive", active));
    }

    reset(): Promise<number> {
        return translateErrors(() => ask(this.#session, "reset", null));
    }

    async log(lines: string[]): Promise<void> {
        await translateErrors(() => ask(this.#session, "log", lines));
    }

    close(): Promise<void> {
        this.#closing ??= this.#leave();
        return this.#closing;
    }

    async #leave(): Promise<void> {
        await this.#session.detach().catch(() => {}); // it may have ended by itself
        this.#engine.close();
    }
}

const sentences = {
    "application-requested": "the session was ended",
    "process-replaced": "the program replaced itself by another",
    "process-terminated": "the program has ended",
    "connection-terminated": "the connection to the program broke",
    "device-lost": "the engine lost the system it ran on",
    "carrier-died": "the engine's process has ended; the program goes on with its pool",
} as const;
