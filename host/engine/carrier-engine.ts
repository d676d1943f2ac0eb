import { z } from "zod";
import type { CarrierStep } from "./carrier-protocol.js";
import { CarrierProcess, type CarrierCommand } from "./carrier-process.js";
import type {
    DetachReason,
    Engine,
    EngineKind,
    EngineProcess,
    EngineSession,
    EngineSpawnOptions,
    ScriptCall,
    ScriptSource,
} from "./engine.js";

/** Why a carrier could not serve: its own words. */
export class CarrierRefused extends Error {
    override readonly name = "CarrierRefused";
}

/**
 * Starts a carrier and wraps it as an engine.
 *
 * @throws CarrierRefused when frida-core can't be loaded in it
 */
export async function startCarrierEngine(kind: EngineKind, command: CarrierCommand): Promise<Engine> {
    const carrier = CarrierProcess.start(command);
    const greeting = await carrier.hello;
    if (greeting.hello === null) {
        carrier.close();
        throw new CarrierRefused(greeting.reason);
    }
    return new CarrierEngine(kind, greeting.hello.version, carrier);
}

const processList = z.array(z.object({ pid: z.number().int(), name: z.string() }));

class CarrierEngine implements Engine {
    #names = 0;

    constructor(
        readonly kind: EngineKind,
        readonly version: string,
        readonly carrier: CarrierProcess,
    ) {}

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

    async kill(pid: number): Promise<void> {
        await this.#one({ op: "kill", pid });
    }

    async attach(pid: number, { name, source }: ScriptSource): Promise<EngineSession> {
        const session = `session${++this.#names}`;
        const script = `script${++this.#names}`;
        const attached = new CarrierSession(this.carrier, session, script, () => `script${++this.#names}`);
        await this.carrier.request(
            [
                { op: "attach", session, pid },
                { op: "createScript", session, script, name, source },
                { op: "load", script },
            ],
            [{ op: "detach", session }],
        );
        return attached;
    }

    close(): void {
        this.carrier.close();
    }

    async #one(step: CarrierStep): Promise<unknown> {
        return (await this.carrier.request([step]))[0];
    }
}

class CarrierSession implements EngineSession {
    readonly detached: EngineSession["detached"];

    constructor(
        readonly carrier: CarrierProcess,
        readonly session: string,
        readonly script: string,
        readonly newName: () => string,
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
        return (await this.carrier.request([this.#call(this.script, { method: name, payload })]))[0];
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
            [{ op: "unload", script }],
        );
        return [results[2], results[4]];
    }

    async detach(): Promise<void> {
        await this.carrier.request([
            { op: "unload", script: this.script },
            { op: "detach", session: this.session },
        ]);
    }

    #call(script: string, { method, payload }: ScriptCall): CarrierStep {
        return { op: "call", script, method, payload };
    }
}
