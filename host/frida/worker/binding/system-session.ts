import { readFileSync } from "node:fs";
import type { Device, Message, Script, Session } from "frida";
import type { ProgramExit, WorkerCalls } from "../../../../shared/protocol/worker-calls.js";

/** The calls of {@link WorkerCalls}, each of which another thread makes. */
type Calls = {
    [Name in keyof WorkerCalls]: (...values: Parameters<WorkerCalls[Name]>) => Promise<ReturnType<WorkerCalls[Name]>>;
};

/** frida-core's pid of its own process: no agent is injected, the script runs beside it. */
const ownProcess = 0;

/** System calls that Node does not have, made by a script in frida-core's own process (`agent/worker.ts`). */
export class SystemSession {
    readonly calls: Calls;
    #session: Session;
    /** Must stay reachable as long as the script is used. */
    #script: Script;

    /** @param onExit called when a program has ended that `watchExit` watches */
    static async open(device: Device, onExit: (exit: ProgramExit) => void): Promise<SystemSession> {
        const session = await device.attach(ownProcess);
        // The build bundles the script into `dist/agent/`.
        const source = readFileSync(new URL("../../../../agent/worker.js", import.meta.url), "utf8");
        const script = await session.createScript(source, { name: "poolnv-worker" });
        script.message.connect((message: Message) => {
            if ("payload" in message) onExit(message.payload as ProgramExit);
        });
        await script.load();
        return new SystemSession(session, script);
    }

    private constructor(session: Session, script: Script) {
        this.#session = session;
        this.#script = script;
        this.calls = script.exports as unknown as Calls;
    }

    /** Unloads the library that frida-core has loaded for it, so that its file can be removed. */
    async close(): Promise<void> {
        await this.#script.unload();
        await this.#session.detach();
    }
}
