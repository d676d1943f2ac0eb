import type { PoolOptions } from "../config/pool-options.js";
import type { Engine, EngineSession } from "../frida/engine.js";
import { pathOnWindows, pathsUnderWine } from "../modules/host-paths.js";
import {
    type BeforeFrida,
    fridaModules,
    fridaPartsHere,
    waitUntilFridaHasLeft,
    waitUntilLoaderHasLeft,
} from "./frida-has-left.js";
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
    /** The program before the attach, and where Frida's loader is in it. */
    readonly before: BeforeFrida;
    readonly loader: readonly number[];
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
    const { engine, session, here, before, loader, keepsEngine } = program;
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
        const pid = linuxPid(here);
        const parts = pid === null ? () => fridaModules(client) : () => fridaPartsHere(pid);
        await waitUntilFridaHasLeft(parts, before.parts, onProgress);
        if (pid !== null) await waitUntilLoaderHasLeft(pid, loader, before);
        return client;
    } catch (error) {
        await client.close();
        throw error;
    }
}

/** Null for a program of Windows, under Wine, too. */
export function linuxPid(here: ProgramHere | null): number | null {
    return here === null || here.wine !== null ? null : here.pid;
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
