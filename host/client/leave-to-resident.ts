import type { PoolOptions } from "../config/pool-options.js";
import type { Engine, EngineSession } from "../frida/engine.js";
import { pathOnWindows, pathsUnderWine } from "../modules/host-paths.js";
import { fridaModules, type FridaParts, fridaPartsHere, waitUntilFridaHasLeft } from "./frida-has-left.js";
import { FridaTransport } from "./frida-transport.js";
import type { Installed } from "./install.js";
import type { ProgramHere } from "./mailbox/find-mailbox.js";
import { reachByFile, reachByMemory, type ReachedPool } from "./mailbox/reach-pool.js";
import { PoolClient } from "./pool-client.js";
import type { Transport } from "./transport.js";

/** A program with an engine attached to it. */
export interface AttachedProgram {
    readonly engine: Engine;
    readonly session: EngineSession;
    /** The process of this Linux system; null on Windows, or if it is not known. */
    readonly here: ProgramHere | null;
    /** What was Frida's in it before; none if that is not known. */
    readonly before: FridaParts;
    /** Whether the engine is still needed: closing the client closes it. */
    readonly keepsEngine: boolean;
}

/**
 * Connects to a pool that was found or installed by an engine, and takes Frida out of the program. If the pool is reached
 * in no other way the session stays.
 *
 * @throws UserError, EngineTimeout, ...: the session is not ended then
 */
export async function leaveToResident(
    program: AttachedProgram,
    installed: Installed,
    options: PoolOptions,
): Promise<PoolClient> {
    const { engine, session, here, before, keepsEngine } = program;
    const onProgress = options.onProgress ?? (() => {});
    const reached = await reach(here, installed, options.answerLimitMs);
    if (reached === null) {
        onProgress(
            "warning: this program's mailbox can't be reached: Frida stays in the program, and in each later session",
        );
        const client = new PoolClient(new FridaTransport(engine, session), installed, options);
        await client.ask("find", null); // so that a pool that can't be asked is refused
        return withSettingsLogged(client, options);
    }
    const transport = keepsEngine ? closingEngine(reached.transport, engine) : reached.transport;
    const client = new PoolClient(transport, { ...installed, toHostPath: toHostPath(here) }, options);
    try {
        await withSettingsLogged(client, options);
        await session.detach().catch(() => {}); // the program may have ended
        if (!keepsEngine) engine.close();
        const parts = (): FridaParts | Promise<FridaParts> =>
            here === null || here.wine !== null ? fridaModules(client) : fridaPartsHere(here.pid);
        await waitUntilFridaHasLeft(parts, before, onProgress);
        return client;
    } catch (error) {
        await client.close();
        throw error;
    }
}

/** How the host reaches the files of a Windows program. */
export function toHostPath(here: ProgramHere | null): (path: string) => string | null {
    if (here === null) return process.platform === "win32" ? pathOnWindows : () => null;
    return here.wine === null ? () => null : pathsUnderWine(here.wine);
}

async function reach(
    here: ProgramHere | null,
    { facts }: Installed,
    answerLimitMs: number | undefined,
): Promise<ReachedPool | null> {
    if (here !== null) return reachByMemory(here, answerLimitMs);
    return process.platform === "win32" ? reachByFile(facts.pid, answerLimitMs) : null;
}

async function withSettingsLogged(client: PoolClient, { settingsFile }: PoolOptions): Promise<PoolClient> {
    if (settingsFile !== undefined && !client.install.alreadyInstalled) {
        await client.log([`settings from ${settingsFile}`]);
    }
    return client;
}

function closingEngine(transport: Transport, engine: Engine): Transport {
    return {
        ended: transport.ended,
        request: (name, payload) => transport.request(name, payload),
        close: async () => {
            await transport.close();
            engine.close();
        },
    };
}
