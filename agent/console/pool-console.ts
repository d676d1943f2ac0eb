import type { ArmReport, PoolFacts, PoolStatistics } from "../protocol.js";
import { findControlBlock, type ControlBlock } from "../shared/control-block.js";
import { openLog } from "../shared/log.js";
import { Refusal } from "../shared/refusal.js";
import { readStatistics } from "../shared/statistics.js";
import { system } from "../shared/system/index.js";
import { describeArmFailure } from "./arm-failure.js";

/** Asks the living pool through the functions whose addresses stand in its control block. */
export class PoolConsole {
    #control: ControlBlock | null = null;

    find(): PoolFacts | null {
        this.#control = findControlBlock();
        if (this.#control === null) return null;
        return {
            ...this.#control.facts(),
            pid: Process.id,
            arch: Process.arch,
            platform: system().name,
            program: Process.mainModule.path,
        };
    }

    /**
     * @throws Refusal when the hooks could not be written; nothing is changed then, and the address space is given back
     */
    arm(): ArmReport {
        const control = this.#living();
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

    statistics(): PoolStatistics {
        return readStatistics(this.#living());
    }

    setActive(active: boolean): boolean {
        const now = this.#living().call("set_active", "uint32", ["uint32"], active ? 1 : 0) === 1;
        this.log([now ? "active: new allocations go to the pool" : "inactive: new allocations go to the original"]);
        return now;
    }

    reset(): number {
        const bytes = Number(this.#living().call("reset", "uint64", []));
        this.log([`reset: ${bytes} bytes given back`]);
        return bytes;
    }

    log(lines: string[]): null {
        const append = openLog(this.#living().facts().logFile);
        for (const line of lines) append(line);
        return null;
    }

    #living(): ControlBlock {
        this.#control ??= findControlBlock();
        if (this.#control === null) throw new Refusal("NO_POOL", "this program has no pool");
        return this.#control;
    }
}
