import type {
    CallersPage,
    CodePlace,
    MainThreadWork,
    GameState,
    SeenException,
    WorkState,
} from "../../shared/protocol.js";
import type { EngineSession, EngineKind } from "../frida/engine.js";
import { ask } from "./ask.js";
import type { Installed } from "./install.js";
import type { InstallReport, PoolFacts, PoolSession } from "./pool-session.js";
import type { PoolStatistics } from "./pool-statistics.js";
import { readSnapshot } from "./read-snapshot.js";
import { seenException } from "./replies.js";
import { translateErrors } from "./translate-errors.js";

/** Leads to who answers for the pool. */
interface Line extends Pick<EngineSession, "request" | "detach"> {
    /** None where the pool answers by itself. */
    onMessage?: EngineSession["onMessage"];
    readonly detached: Promise<{ reason: keyof typeof sentences }>;
}

/** What carries a session, and ends with it. */
interface Worker {
    /** Null: the pool itself answers, without Frida. */
    readonly kind: EngineKind | null;
    readonly version: string;
    close(): void;
}

/** A session over a worker of its own. */
export class LivingPoolSession implements PoolSession {
    readonly facts: PoolFacts;
    readonly install: InstallReport;
    readonly engine: PoolSession["engine"];
    readonly ended: PoolSession["ended"];
    #worker: Worker;
    #session: Line;
    #closing: Promise<void> | null = null;

    constructor(worker: Worker, session: Line, { facts, install }: Installed) {
        this.#worker = worker;
        this.#session = session;
        this.facts = facts;
        this.install = install;
        this.engine = worker.kind === null ? null : { kind: worker.kind, version: worker.version };
        this.ended = session.detached.then(({ reason }) => ({
            reason: this.#closing === null ? sentences[reason] : null,
        }));
    }

    statistics(): Promise<PoolStatistics> {
        return translateErrors(async () => readSnapshot(await ask(this.#session, "snapshot", null), this.facts));
    }

    setActive(active: boolean): Promise<boolean> {
        return translateErrors(() => ask(this.#session, "setActive", active));
    }

    reset(): Promise<number> {
        return translateErrors(() => ask(this.#session, "reset", null));
    }

    sampleCallers(oneIn: number): Promise<number> {
        return translateErrors(() => ask(this.#session, "sampleCallers", oneIn));
    }

    callers(from: number): Promise<CallersPage> {
        return translateErrors(() => ask(this.#session, "callers", from));
    }

    locate(addresses: string[]): Promise<CodePlace[]> {
        return translateErrors(() => ask(this.#session, "locate", addresses));
    }

    gameState(): Promise<GameState> {
        return translateErrors(() => ask(this.#session, "gameState", null));
    }

    leaveWork(work: MainThreadWork): Promise<number> {
        return translateErrors(() => ask(this.#session, "leaveWork", work));
    }

    workState(ticket: number): Promise<WorkState> {
        return translateErrors(() => ask(this.#session, "workState", ticket));
    }

    cancelWork(ticket: number): Promise<boolean> {
        return translateErrors(() => ask(this.#session, "cancelWork", ticket));
    }

    async watchExceptions(listener: (seen: SeenException) => void): Promise<void> {
        if (this.#session.onMessage === undefined) return;
        this.#session.onMessage((text) => {
            const seen = readException(text);
            if (seen !== null) listener(seen);
        });
        await translateErrors(() => ask(this.#session, "watchExceptions", null));
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
        this.#worker.close();
    }
}

/** Null for other messages. */
function readException(text: string): SeenException | null {
    try {
        return seenException.safeParse(JSON.parse(text)).data ?? null;
    } catch {
        return null;
    }
}

const sentences = {
    "application-requested": "the session was ended",
    "process-replaced": "the program replaced itself by another",
    "process-terminated": "the program has ended",
    "connection-terminated": "the connection to the program broke",
    "device-lost": "the engine lost the system it ran on",
    "worker-died": "the engine's process has ended; the program goes on with its pool",
} as const;
