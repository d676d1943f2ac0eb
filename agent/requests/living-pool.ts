import { patchStatus } from "../../shared/layout.js";
import type { PatchReport } from "../../shared/protocol/install.js";
import type { PoolFacts, SnapshotReply } from "../../shared/protocol/pool.js";
import { measureAddressSpace } from "../process/address-space.js";
import { findPool, type FoundPool } from "../process/control-block.js";
import { seemingGame } from "../process/game/known-game.js";
import { openLog } from "../process/log.js";
import { patchFailure } from "../process/patch-failure.js";
import { platform } from "../process/platform/index.js";
import { readWords } from "../process/snapshot-words.js";
import { Refusal } from "../refusal.js";
import { MainThreadQueue } from "./main-thread.js";
import { Sampler } from "./sampler.js";

/** The pool of this process, reached through the functions whose addresses are in its control block. */
export class LivingPool {
    #found: FoundPool | null = null;

    /** @throws Refusal FORGED_POOL, FOREIGN_VERSION, THREADS_WOULD_NOT_STOP while another host is installing it */
    find(): PoolFacts | null {
        this.#found = findPool();
        if (this.#found === null) return null;
        const { strategy, layers, regionBytes, requestedBytes, stage, logFile } = this.#found.claims;
        if (stage === "empty") throw patchFailure(patchStatus.notTried);
        return {
            strategy,
            layers,
            poolBytes: regionBytes,
            requestedBytes,
            hooked: stage === "hooked",
            logFile,
            pid: Process.id,
            arch: Process.arch,
            platform: platform().name,
            program: Process.mainModule.path,
            game: seemingGame()?.profile?.id ?? null,
            hasMainThreadQueue: this.#found.claims.functions.has("main_thread"),
        };
    }

    /** @throws Refusal if the hooks could not be written; nothing has changed then */
    writeHooks(): PatchReport {
        const { control } = this.#living();
        if (control.isHooked()) return { writtenNow: false, stalledNs: 0, threads: 0, retries: 0 };
        const status = control.call("write_hooks", "int", []);
        if (status !== 0) {
            const failure = patchFailure(status);
            this.log([`refused: ${failure.message}`]);
            throw failure;
        }
        const report = { writtenNow: true, ...control.patchMeasurements() };
        this.log([
            `hooked: ${report.threads} other threads were suspended for ${(report.stalledNs / 1e6).toFixed(2)} ms` +
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
        this.log([`reset: ${bytes} bytes returned`]);
        return bytes;
    }

    get sampler(): Sampler {
        return new Sampler(this.#living().control);
    }

    /** @throws Refusal NO_GAME_CONSOLE */
    get mainThread(): MainThreadQueue {
        const { control, claims } = this.#living();
        const profile = seemingGame()?.profile ?? null;
        if (profile === null || !claims.functions.has("main_thread")) {
            throw new Refusal("NO_GAME_CONSOLE", "this program has no console that poolnv can reach");
        }
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
