import type { ArmReport, PoolFacts, SnapshotReply } from "../../shared/protocol.js";
import { measureAddressSpace } from "../process/address-space.js";
import { findPool, type FoundPool } from "../process/control-block.js";
import { seemingGame } from "../process/game/known-game.js";
import { openLog } from "../process/log.js";
import { Refusal } from "../refusal.js";
import { readWords } from "../process/snapshot-words.js";
import { system } from "../process/system/index.js";
import { armStatus } from "../../shared/layout.js";
import { describeArmFailure } from "./patch-failure.js";
import { Callers } from "./sampler.js";
import { MainThreadQueue } from "./main-thread.js";

/** Asks the living pool through the functions whose addresses stand in its control block. */
export class PoolConsole {
    #found: FoundPool | null = null;

    /** @throws Refusal FORGED_POOL, FOREIGN_VERSION, THREADS_WOULD_NOT_STOP while another host is at it */
    find(): PoolFacts | null {
        this.#found = findPool();
        if (this.#found === null) return null;
        const { strategy, layers, regionBytes, requestedBytes, stage, logFile } = this.#found.claims;
        if (stage === "empty") throw describeArmFailure(armStatus.notTried);
        return {
            strategy,
            layers,
            poolBytes: regionBytes,
            requestedBytes,
            armed: stage === "armed",
            logFile,
            pid: Process.id,
            arch: Process.arch,
            platform: system().name,
            program: Process.mainModule.path,
            game: seemingGame()?.profile?.id ?? null,
            hasMainThreadQueue: this.#found.claims.functions.has("desk"),
        };
    }

    /**
     * @throws Refusal when the hooks could not be written; nothing is changed then, and the address space is given back
     */
    arm(): ArmReport {
        const { control } = this.#living();
        if (control.isArmed()) return { armedNow: false, stalledNs: 0, threads: 0, retries: 0 };
        const status = control.call("arm", "int", []);
        if (status !== 0) {
            const failure = describeArmFailure(status);
            this.log([`refused: ${failure.message}`]);
            throw failure;
        }
        const report = { armedNow: true, ...control.armMeasurements() };
        this.log([
            `armed: ${report.threads} other threads stood still for ${(report.stalledNs / 1e6).toFixed(2)} ms` +
                ` (${report.retries} tries before)`,
        ]);
        return report;
    }

    snapshot(): SnapshotReply {
        return { words: readWords(this.#living().control), address_space: measureAddressSpace() };
    }

    setActive(active: boolean): boolean {
        const now = this.#living().control.call("set_active", "uint32", ["uint32"], active ? 1 : 0) === 1;
        this.log([now ? "active: new allocations go to the pool" : "inactive: new allocations go to the original"]);
        return now;
    }

    reset(): number {
        const bytes = Number(this.#living().control.call("reset", "uint64", []));
        this.log([`reset: ${bytes} bytes given back`]);
        return bytes;
    }

    get callers(): Callers {
        return new Callers(this.#living().control);
    }

    get desk(): MainThreadQueue {
        const { control, claims } = this.#living();
        const profile = seemingGame()?.profile ?? null;
        if (profile === null || !claims.functions.has("desk"))
            throw new Refusal("NO_GAME_CONSOLE", "this program has no console that poolnv can reach");
        return new MainThreadQueue(control, profile);
    }

    log(lines: string[]): null {
        const append = openLog(this.#living().claims.logFile);
        for (const line of lines) append(line);
        return null;
    }

    #living(): FoundPool {
        if (this.#found === null) this.find();
        if (this.#found === null) throw new Refusal("NO_POOL", "this program has no pool");
        return this.#found;
    }
}
