import type { ControlBlock } from "../process/control-block.js";
import { measureAddressSpace } from "../process/address-space.js";
import { readCounters } from "../process/snapshot-words.js";

const INTERVAL_MS = 10_000;
/** Percent of the address space in use at which Crash Logger warns, too. */
const MARKS = [80, 92.5, 98] as const;
/** How far below a mark the use must fall, in percent, before reaching it is told again. */
const FALL = 2;

/**
 * Warns in the log when a 32-bit program runs out of addresses, whoever takes them. For as long as the program lives,
 * host or no host.
 */
export function watchAddressSpace(control: ControlBlock, log: (line: string) => void): void {
    const space = measureAddressSpace();
    if (space === null || space.is_lower_bound) return; // warnings that may be untrue warn of nothing
    let told = 0;
    setInterval(() => {
        const { total, free, largest_hole } = measureAddressSpace()!;
        const used = (100 * (total - free)) / total;
        const reached = MARKS.filter((mark) => used >= mark).at(-1) ?? 0;
        if (reached > told) {
            const { pool_size, committed } = readCounters(control, "pool_size", "committed");
            log(
                `warning: ${used.toFixed(1)} % of the address space is in use (${inMb(free)} free, the largest hole ` +
                    `${inMb(largest_hole)}); the pool has ${inMb(pool_size)} of it, ${inMb(committed)} in use`,
            );
            told = reached;
        } else if (told > 0 && used < told - FALL) told = reached;
    }, INTERVAL_MS);
}

function inMb(bytes: number): string {
    return `${Math.round(bytes / 1048576)} MB`;
}
