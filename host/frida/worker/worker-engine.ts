import { z } from "zod";
import type { CarrierStep } from "./worker-protocol.js";
import { CarrierProcess, type CarrierCommand } from "./worker-process.js";
import type {
    DetachReason,
    Engine,
    EngineProcess,
    EngineSession,
    EngineSpawnOptions,
    ScriptCall,
    ScriptSource,
} from "../engine.js";
import type { EngineKind } from "../engine-choice.js";

/** Why a carrier could not serve: its own words. */
export class CarrierRefused extends Error {
    override readonly name = "CarrierRefused";
}

/**
 * Starts a carrier and wraps it as an engine.
 *
 * @throws CarrierRefused when frida-core can't be loaded in it
 */
export async function startCarrierEngine(
    kind: EngineKind,
    command: CarrierCommand,
    answerLimitMs = usualAnswerLimitMs,
): Promise<Engine> {
    const carrier = CarrierProcess.start(command);
    const greeting = await carrier.hello;
    if (greeting.hello === null) {
        carrier.close();
        throw new CarrierRefused(greeting.reason);
    }
    return new CarrierEngine(kind, greeting.hello.version, carrier, answerLimitMs);
}

/** Longest time for what the engine does to a program, in milliseconds: an attach takes a second or two, on a loaded machine ten. */
const engineLimitMs = 60_000;
/** The same for one answer of an agent, by whatever way it comes; it takes milliseconds. */
export const usualAnswerLimitMs = 20_000;
/** How long we wait for a farewell. The carrier takes leave in any case. */
const farewellLimitMs = 5_000;

const processList = z.array(z.object({ pid: z.number().int(), name: z.string() }));

class CarrierEngine implements Engine {
    #names = 0;
    /** Of programs that have ended. */
    readonly #exitCodes = new Map<number, number>();

    constructor(
        readonly kind: EngineKind,
        readonly version: string,
        readonly carrier: CarrierProcess,
        readonly answerLimitMs: number,
    ) {
        carrier.listen((event) => {
            if (event.event === "exited") this.#exitCodes.set(event.pid, event.code);
        });
    }

    async enumerateProcesses(): Promise<EngineProcess[]> {
        return processList.parse(await this.#one({ op: "enumerateProcesses" }));
    }

    async spawn(program: string, { argv, cwd, env }: EngineSpawnOptions): Promise<number> {
        return z
            .number()
            .int()
            .parse(await this.#one({ op: "spawn", program, argv, cwd: cwd ?? null, env: env ?? null }));
    }

    async resume(pid: number): Promise<void> {
        await this.#one({ op: "resume", pid });
    }

    exitCode(pid: number): Promise<number | null> {
        return new Promise((resolve) => {
            const tell = () => {
                const code = this.#exitCodes.get(pid);
                if (code !== undefined) resolve(code);
            };
            tell();
            this.carrier.listen(tell); // after the listener of the engine itself
            void this.carrier.gone.then(() => resolve(null));
        });
    }

    async kill(pid: number): Promise<void> {
        await this.#one({ op: "kill", pid });
    }

    async attach(pid: number, { name, source }: ScriptSource): Promise<EngineSession> {
        const session = `session${++this.#names}`;
        const script = `script${++this.#names}`;
        const attached = new CarrierSession(
            this.carrier,
            session,
            script,
            () => `script${++this.#names}`,
            this.answerLimitMs,
        );
        await this.carrier.request(
            [
                { op: "attach", session, pid },
                { op: "createScript", session, script, name, source },
                { op: "load", script },
            ],
            engineLimitMs,
            [{ op: "detach", session }],
        );
        return attached;
    }

    close(): void {
        this.carrier.close();
    }

    async #one(step: CarrierStep): Promise<unknown> {
        return (await this.carrier.request([step], engineLimitMs))[0];
    }
}

class CarrierSession implements EngineSession {
    readonly detached: EngineSession["detached"];

    constructor(
        readonly carrier: CarrierProcess,
        readonly session: string,
        readonly script: string,
        readonly newName: () => string,
        readonly answerLimitMs: number,
    ) {
        this.detached = new Promise((resolve) => {
            const stop = carrier.listen((event) => {
                if (event.event !== "detached" || event.session !== session) return;
                stop();
                resolve({ reason: event.reason as DetachReason, crash: event.crash });
            });
            void carrier.gone.then(() => resolve({ reason: "carrier-died", crash: null }));
        });
    }

    async request(name: string, payload: unknown): Promise<unknown> {
        const call = this.#call(this.script, { method: name, payload });
        return (await this.carrier.request([call], this.answerLimitMs))[0];
    }

    async plant(planted: ScriptSource, first: ScriptCall, afterwards: ScriptCall): Promise<[unknown, unknown]> {
        const script = this.newName();
        const results = await this.carrier.request(
            [
                { op: "createScript", session: this.session, script, name: planted.name, source: planted.source },
                { op: "load", script },
                this.#call(script, first),
                { op: "eternalize", script },
                this.#call(this.script, afterwards),
            ],
            engineLimitMs,
            [{ op: "unload", script }],
        );
        return [results[2], results[4]];
    }

    onMessage(listener: (text: string) => void): void {
        this.carrier.listen((event) => {
            if (event.event === "message" && event.script === this.script) listener(event.text);
        });
    }

    async detach(): Promise<void> {
        const farewell: CarrierStep[] = [
            { op: "unload", script: this.script },
            { op: "detach", session: this.session },
        ];
        await this.carrier.request(farewell, Math.min(farewellLimitMs, this.answerLimitMs));
    }

    #call(script: string, { method, payload }: ScriptCall): CarrierStep {
        return { op: "call", script, method, payload };
    }
}
