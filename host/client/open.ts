import { setTimeout as pause } from "node:timers/promises";
import type { PoolOptions } from "../config/pool-options.js";
import { UserError } from "../errors.js";
import type { Engine, EngineSession } from "../frida/engine.js";
import { isNamed, locatePatiently, type Location, noSuchProcess, pickOne } from "../frida/locate.js";
import { openEngine } from "../frida/open-engine.js";
import { pollUntil } from "../process/poll.js";
import { waitWhileStopped } from "../process/wait-while-stopped.js";
import { findWineProcess, windowsPid } from "../process/windows-pid.js";
import { refuseOtherUsersWine, type WinePlace } from "../process/wine.js";
import { attachEngine, closingOnFailure } from "./attach-engine.js";
import { refuseUnsuitable } from "./before-injection.js";
import { beforeFrida, loaderOfFrida } from "./frida-has-left.js";
import {
    asSeenFromHere,
    findOnly,
    findOrInstall,
    foundPool,
    type Installed,
    isPacked,
    unpackingMs,
    type UsedEngine,
} from "./install.js";
import { leaveToResident, linuxPid, toHostPath } from "./leave-to-resident.js";
import type { ProgramHere } from "./mailbox/find-mailbox.js";
import { reachByFile, reachByMemory, type ReachedPool } from "./mailbox/reach-pool.js";
import { PoolClient } from "./pool-client.js";
import { translateErrors } from "./translate-errors.js";

/**
 * Installs the pool in a running program, as `poolnv attach` does. A program that has a pool already keeps it.
 *
 * @param target file name (case-insensitive, `.exe` optional) or pid
 * @throws UserError NO_SUCH_PROCESS, AMBIGUOUS_PROCESS, NO_ENGINE, NO_ROOM, ...; any code whose exit code is 2 to 5
 */
export function attach(target: string | number, options: PoolOptions = {}): Promise<PoolClient> {
    return open(target, options, installWhileRunning);
}

/**
 * Connects to the pool that a program has, and installs nothing.
 *
 * @param target file name (case-insensitive, `.exe` optional) or pid
 * @throws UserError NO_POOL, NO_SUCH_PROCESS, AMBIGUOUS_PROCESS, NOT_ANSWERING, FORGED_POOL
 */
export function connect(target: string | number, options: PoolOptions = {}): Promise<PoolClient> {
    return open(target, options, findOnly);
}

/** Waits for a protected program that was started a moment ago to unpack its code. */
async function installWhileRunning(
    session: EngineSession,
    options: PoolOptions,
    engine: UsedEngine,
): Promise<Installed> {
    try {
        return await findOrInstall(session, options, engine, { isSuspended: false, unpackingMs: 0 });
    } catch (error) {
        if (!isPacked(error)) throw error;
        options.onProgress?.("the program is protected: the pool is installed once its code is unpacked");
        return findOrInstall(session, options, engine, { isSuspended: false, unpackingMs: unpackingMs.attached });
    }
}

type Opening = typeof installWhileRunning;

async function open(target: string | number, options: PoolOptions, opening: Opening): Promise<PoolClient> {
    const location = await locatePatiently(target, options.engine ?? "auto");
    if (location.kind === "wine") refuseOtherUsersWine(location);
    if (location.kind !== "ask-engine") await waitWhileStopped(location.pid, options.onProgress ?? (() => {}));
    const byMailbox = (): Promise<PoolClient | null> =>
        translateErrors(() => connectByMailbox(location, opening, options));
    const client = await byMailbox();
    if (client !== null) return client;
    if (location.kind === "native") refuseUnsuitable(location.pid, options);
    const engine = await openEngine({
        choice: options.engine ?? "auto",
        wine: winePlace(location, options),
        programOutput: "none",
        answerLimitMs: options.answerLimitMs,
        onProgress: options.onProgress ?? (() => {}),
    });
    return closingOnFailure(engine, async () => {
        const pid = await pidFor(engine, location);
        const here = hereOf(location, pid, options);
        const before = beforeFrida(linuxPid(here));
        options.onProgress?.(`attaching to pid ${pid}`);
        const session = await attachUnlessConnected(engine, pid, byMailbox);
        if (session instanceof PoolClient) {
            engine.close();
            return session;
        }
        const loader = loaderOfFrida(linuxPid(here), before);
        const installed = asSeenFromHere(await opening(session, options, engine), pid);
        return leaveToResident({ engine, session, here, before, loader, keepsEngine: false }, installed, options);
    });
}

/** @returns null if an engine must decide */
async function connectByMailbox(
    location: Location,
    opening: Opening,
    options: PoolOptions,
): Promise<PoolClient | null> {
    const here = hereIfLocated(location);
    const seen = ({ transport, facts }: ReachedPool, pid: number): PoolClient => {
        const installed = { ...asSeenFromHere(foundPool(facts), pid), toHostPath: toHostPath(here) };
        return new PoolClient(transport, installed, options);
    };
    if (here !== null) {
        const reached = await reachByMemory(here, options.answerLimitMs).catch((error: unknown) => {
            const mayInstall = opening !== findOnly && error instanceof UserError && error.code === "NO_POOL";
            if (!mayInstall) throw error;
            return null;
        });
        return reached === null ? null : seen(reached, here.pid);
    }
    if (location.kind !== "ask-engine" || process.platform !== "win32") return null;
    const reached = await reachByFile(location.wanted, options.answerLimitMs);
    return reached === null ? null : seen(reached, reached.facts.pid);
}

function hereIfLocated(location: Location): ProgramHere | null {
    if (location.kind === "ask-engine") return null;
    return { pid: location.pid, wine: location.kind === "wine" ? location.wine : null };
}

/** @param pid as the engine knows it */
function hereOf(location: Location, pid: number, { winePrefix }: PoolOptions): ProgramHere | null {
    if (location.kind !== "ask-engine" || process.platform !== "linux") return hereIfLocated(location);
    return findWineProcess(pid, winePrefix ?? process.env["WINEPREFIX"] ?? null);
}

/** How often to try the mailbox while another worker is at work in the program, in milliseconds. */
const mailboxMs = 500;

/** Attaches once no other worker is at work in the program, unless a pool that it installs answers before. */
async function attachUnlessConnected(
    engine: Engine,
    pid: number,
    byMailbox: () => Promise<PoolClient | null>,
): Promise<EngineSession | PoolClient> {
    const attaching = attachEngine(engine, pid);
    attaching.catch(() => {}); // reported by the race
    const opened = await pollUntil(
        async () => {
            const session = await Promise.race([attaching, pause(mailboxMs, null)]);
            return session ?? (await byMailbox().catch(() => null));
        },
        { everyMs: 0 },
    );
    return opened!;
}

function winePlace(location: Location, { engine, winePrefix }: PoolOptions): WinePlace | null {
    if (location.kind === "wine") return { loader: location.wine.loader, prefix: winePrefix ?? location.wine.prefix };
    return engine === "wine" ? { loader: null, prefix: winePrefix ?? null } : null;
}

async function pidFor(engine: Engine, location: Location): Promise<number> {
    if (location.kind === "native") return location.pid;
    const wanted = location.kind === "wine" ? location.name : location.wanted;
    const running = await engine.enumerateProcesses();
    const named = running.filter(({ pid, name }) =>
        typeof wanted === "number" ? pid === wanted : isNamed(name, wanted),
    );
    // If its memory is not accessible, only the name identifies it.
    const own = location.kind === "wine" ? windowsPid(location.pid) : null;
    const matches = own === null ? named : named.filter(({ pid }) => pid === own);
    if (matches.length === 0) throw noSuchProcess(wanted);
    return pickOne(matches, wanted).pid;
}
