import { closeSync, openSync, readSync } from "node:fs";
import { systemPath } from "../files/path-bytes.js";
import { type Mapping, readMemoryMap } from "../process/memory-map.js";

/** Address space of a 32-bit program, in bytes. */
export interface AddressSpace {
    /** Its size. */
    readonly limit: number;
    /** Mapped and accessible. */
    readonly used: number;
    /** Largest range without a mapping. */
    readonly largestFree: number;
    /**
     * Largest range of free or inaccessible (reserved) addresses. Wine reserves addresses for its program that way: there,
     * the range available to a pool is between the two.
     */
    readonly largestReserved: number;
}

/** The first 64 KB are never mapped. */
const firstAddress = 0x1_0000;

/**
 * Measures a process's address space by its memory map.
 *
 * @returns null if that can't be read
 */
export function readAddressSpace(pid: number, limit: number): AddressSpace | null {
    const map = readMemoryMap(pid);
    return map === null ? null : measure(map, limit);
}

/** The same with a given map. */
export function measure(map: readonly Mapping[], limit: number): AddressSpace {
    let [used, largestFree, largestReserved] = [0, 0, 0];
    let [endOfAll, endOfUsed] = [firstAddress, firstAddress];
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

/** True for a 32-bit ELF program: EI_CLASS, the fifth byte of the file, is ELFCLASS32. */
export function isElf32(executable: string): boolean {
    const head = Buffer.alloc(5);
    try {
        const file = openSync(systemPath(executable), "r");
        try {
            readSync(file, head, 0, head.length, 0);
        } finally {
            closeSync(file);
        }
    } catch {
        return false; // gone, or not readable
    }
    return head.toString("latin1", 0, 4) === "\x7fELF" && head[4] === 1;
}
