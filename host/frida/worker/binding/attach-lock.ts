import { accessSync, constants } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { rmSync } from "../../../files/change-files.js";
import { isTraced } from "../../../process/process-status.js";
import { agentsMayRemain, countAgents } from "./agents.js";
import type { Channel } from "./channel.js";
import type { SystemSession } from "./system-session.js";

/* All times and the length of the record are those of `python/poolnv_worker/attach_lock.py`, in milliseconds here. */
/** How long a worker waits for the lock of a program, and then for another tracer to detach. */
const lockMs = 40_000;
const tracedMs = 3_000;
/** After a worker was killed: how long its injection may not be visible yet, and its agents may take to unload. */
const killedMs = 2_000;
const killedLimitMs = 10_000;
/** How long the agent of the same worker's last session may take to unload. */
const ownLimitMs = 10_000;
const pollMs = 20;
/** Bytes of the record in the lock's file: a number while the lock is held, blanks once it has been released. */
const recordLength = 8;

/** Another worker has the lock of the program. */
export class ProgramBusy extends Error {
    override readonly name = "ProgramBusy";
}

/**
 * The lock that one worker at a time holds on a program. Workers for Python take the same one, and `attach_lock.py` has
 * the reasons.
 */
export class AttachLock {
    #held: { lock: string; path: string } | null = null;
    /** Agents that were in the program when the lock was acquired. */
    #foreignAgents = 0;

    constructor(
        readonly system: SystemSession,
        /** A worker whose parent has ended does not wait for the lock. */
        readonly channel: Channel,
        readonly folder: string,
    ) {}

    /**
     * Releases the lock of another program.
     *
     * @param isOurs this worker has started the program and holds it suspended, by ptrace on Linux
     * @throws ProgramBusy
     */
    async acquire(pid: number, isOurs: boolean): Promise<void> {
        const path = join(this.folder, `attach-${pid}.lock`);
        if (path === this.#held?.path) return;
        await this.release();
        const end = performance.now() + lockMs;
        let lock = await this.system.calls.tryLock(path);
        while (lock === null) {
            await this.#wait(end);
            lock = await this.system.calls.tryLock(path);
        }
        this.#held = { lock, path };
        const record = (await this.system.calls.readRecord(lock, recordLength)).trim();
        if (/^\d+$/.test(record)) await this.#waitUntilUnloaded(pid, Number(record), end); // its last holder was killed
        this.#foreignAgents = await countAgents(pid, this.system);
        await this.#writeRecord(lock, String(this.#foreignAgents));
        const tracedEnd = performance.now() + tracedMs;
        while (!isOurs && isTraced(pid) && performance.now() < tracedEnd) await sleep(pollMs);
    }

    /**
     * To be called while this worker has no session in the program, whose lock it holds. An agent that does not unload
     * after a detach would take the next session and never answer.
     *
     * @throws ProgramBusy
     */
    async waitForOwnAgent(pid: number): Promise<void> {
        const limit = performance.now() + ownLimitMs;
        while ((await countAgents(pid, this.system)) > this.#foreignAgents) {
            if (performance.now() > limit) {
                throw new ProgramBusy("the agent of this poolnv's last attach is still in the program");
            }
            await sleep(pollMs);
        }
    }

    async release(): Promise<void> {
        if (this.#held === null) return;
        const { lock, path } = this.#held;
        await this.#writeRecord(lock, "");
        if (process.platform !== "win32") rmSync(path, { force: true });
        await this.system.calls.unlock(lock);
        this.#held = null;
    }

    async #waitUntilUnloaded(pid: number, remaining: number, end: number): Promise<void> {
        await sleep(killedMs);
        const limit = performance.now() + killedLimitMs - killedMs;
        while ((await countAgents(pid, this.system)) > remaining && performance.now() < limit) await this.#wait(end);
        if ((await countAgents(pid, this.system)) > remaining && !agentsMayRemain(pid)) {
            throw new ProgramBusy(
                "another poolnv was killed while it was attached, and its agent is still in the program",
            );
        }
    }

    async #wait(end: number): Promise<void> {
        if (performance.now() > end || this.channel.parentEndedAt !== null) {
            throw new ProgramBusy("another poolnv is attached to this program");
        }
        await sleep(pollMs);
    }

    #writeRecord(lock: string, record: string): Promise<void> {
        return this.system.calls.writeRecord(lock, record.padEnd(recordLength));
    }
}

/** The folder that Python's `tempfile.gettempdir` chooses, of an environment in which it is not the worker's own. */
export function lockFolder(environment: NodeJS.ProcessEnv): string {
    const named = ["TMPDIR", "TEMP", "TMP"].map((name) => environment[name]);
    return named.find((folder) => folder !== undefined && folder !== "" && isWritable(folder)) ?? tmpdir();
}

function isWritable(folder: string): boolean {
    try {
        accessSync(folder, constants.W_OK);
        return true;
    } catch {
        return false;
    }
}
