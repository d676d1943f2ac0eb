import { readFileSync } from "node:fs";
import type { BenchRequests } from "./agent/protocol.js";
import type { Engine, EngineSession } from "../../host/frida/engine.js";
import { openEngine } from "../../host/frida/open-engine.js";
import type { PreparedTarget } from "./workshop.js";

/** Hooks programs of one target in ways that the pool does not. Its hooks live until it is closed. */
export class BenchAgent {
    #engine: Promise<Engine> | null = null;

    constructor(readonly target: Pick<PreparedTarget, "wine">) {}

    /** See `tools/bench/agent/protocol.ts`. */
    async request<Name extends keyof BenchRequests>(
        program: { pid: number; name: string },
        name: Name,
        payload: BenchRequests[Name]["request"],
    ): Promise<BenchRequests[Name]["response"]> {
        this.#engine ??= openEngine({
            choice: "auto",
            wine: this.target.wine,
            programOutput: "none",
            onProgress: () => {},
        });
        const session = await this.#attach(await this.#engine, program);
        return (await session.request(name, payload)) as BenchRequests[Name]["response"];
    }

    async close(): Promise<void> {
        (await this.#engine)?.close();
    }

    async #attach(engine: Engine, { pid, name }: { pid: number; name: string }): Promise<EngineSession> {
        return engine.attach(this.target.wine === null ? pid : await windowsPid(engine, name), {
            name: "poolnv-bench",
            source: readFileSync(new URL("./agent/index.js", import.meta.url), "utf8"),
        });
    }
}

/** The pid that Windows gives it, by a file name that nobody else has. */
async function windowsPid(engine: Engine, name: string): Promise<number> {
    const found = (await engine.enumerateProcesses()).find((running) => running.name === name);
    if (found === undefined) throw new Error(`Wine runs no ${name}`);
    return found.pid;
}
