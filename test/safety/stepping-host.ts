/**
 * A host that installs a pool with the product's own code, but one request after the other, and stops at one step. Prints the pid of its worker, then a
 * line when it is there; a line on its standard input lets it go on.
 *
 * Usage: node stepping-host.js ENGINE PID STRATEGY POOL-MB STEP
 *
 * STEP: the name of a request or `detach`, with `before` or `during` in front of it, such as `before writeHooks`.
 */
import { createInterface } from "node:readline";
import { installerScript } from "../../host/client/agent-scripts.js";
import { findOrInstall } from "../../host/client/install.js";
import type { EngineKind, EngineSession } from "../../host/frida/engine.js";
import { openEngine } from "../../host/frida/open-engine.js";
import type { Strategy } from "../../shared/protocol/install.js";
import { readEnvironments } from "../fixtures/prepare/environments.js";
import { childrenOf } from "../fixtures/support/running.js";

const [kind, pid, strategy, poolMb, step] = process.argv.slice(2) as [EngineKind, string, Strategy, string, string];
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

const { wine } = readEnvironments();
const engine = await openEngine({
    choice: kind,
    wine: kind === "wine" && wine.ready ? { loader: wine.wine, prefix: wine.prefix } : null,
    programOutput: "none",
    onProgress: () => {},
});
console.log(childrenOf(process.pid)[0]);
const session = stopping(await engine.attach(Number(pid), installerScript()));
await findOrInstall(session, { strategy, poolSizeMb: Number(poolMb) }, engine);
await session.detach();
engine.close();

/** The same session, which stops at the step. */
function stopping(real: EngineSession): EngineSession {
    const at = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
        if (step === `before ${name}`) await stop();
        const result = work();
        if (step === `during ${name}`) {
            result.catch(() => {});
            await stop();
        }
        return result;
    };
    return {
        ...real,
        detached: real.detached,
        onMessage: (listener) => real.onMessage(listener),
        request: (name, payload) => at(name, () => real.request(name, payload)),
        requestAll: async (calls) => {
            const values: unknown[] = [];
            for (const { method, payload } of calls) values.push(await at(method, () => real.request(method, payload)));
            return values;
        },
        detach: () => at("detach", () => real.detach()),
    };
}

async function stop(): Promise<void> {
    console.log(step);
    await input.next();
}
