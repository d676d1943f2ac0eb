import { closeSync, openSync, readSync } from "node:fs";
import { type Mapping, readMemoryMap } from "../process/memory-map.js";

/** What a 32-bit program has of its addresses, in bytes. */
export interface AddressSpace {
    /** What it can have at most. */
    readonly limit: number;
    /** What is there to be read or written. */
    readonly used: number;
    /** Largest range in which nothing is. */
    readonly largestFree: number;
    /**
     * Largest range in which nothing can be read: free, or reserved. Wine keeps room for its program that way, so under
     * it the truth is between the two.
     */
    readonly largestReserved: number;
}

/** Nobody gets the first 64 KB. */
const FIRST = 0x1_0000;

/**
 * Reads it from a process's memory map.
 *
 * @returns null where that is closed to us
 */
export function readAddressSpace(pid: number, limit: number): AddressSpace | null {
    const map = readMemoryMap(pid);
    return map === null ? null : measure(map, limit);
}

/** The same with the map at hand. */
export function measure(map: readonly Mapping[], limit: number): AddressSpace {
    let [used, largestFree, largestReserved] = [0, 0, 0];
    let [endOfAll, endOfUsed] = [FIRST, FIRST];
    for (const { start: from, end, access } of map) {
        if (from >= limit) break;
        const to = Math.min(end, limit);
        largestFree = Math.max(largestFree, from - endOfAll);
        endOfAll = to;
        if (access.startsWith("---")) continue;
        largestReserved = Math.max(largestReserved, from - endOfUsed);
        endOfUsed = to;
        used += to - from;
    }
    return {
        limit,
        used,
        largestFree: Math.max(largestFree, limit - endOfAll),
        largestReserved: Math.max(largestReserved, limit - endOfUsed),
    };
}

/** Whether a program of this system has addresses of 32 bits: the fifth byte of its file says so (ELF). */
export function isElf32(executable: string): boolean {
    const head = Buffer.alloc(5);
    try {
        const file = openSync(executable, "r");
        try {
            readSync(file, head, 0, head.length, 0);
        } finally {
            closeSync(file);
        }
    } catch {
        return false; // gone, or closed to us
    }
    return head.toString("latin1", 0, 4) === "\x7fELF" && head[4] === 1;
}
