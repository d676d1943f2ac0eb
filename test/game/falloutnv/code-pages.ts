import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { readMemoryMap } from "../../../host/process/memory-map.js";

/** A range of code in the memory of a Linux process. */
export interface CodeRange {
    from: number;
    to: number;
    /** SHA-256 of its bytes. */
    hash: string;
}

/**
 * Hashes all read-only code in the memory of a process.
 *
 * @param pid the Linux pid, also for a program under Wine
 */
export function readCode(pid: number): CodeRange[] {
    const memory = openSync(`/proc/${pid}/mem`, "r");
    try {
        return executableRanges(pid).map(({ from, to }) => ({ from, to, hash: hashOf(memory, from, to) }));
    } finally {
        closeSync(memory);
    }
}

/**
 * Compares the code with an earlier reading.
 *
 * @returns descriptions of the ranges that changed
 */
export function changedCode(before: readonly CodeRange[], pid: number): string[] {
    const memory = openSync(`/proc/${pid}/mem`, "r");
    try {
        return before
            .filter(({ from, to, hash }) => hashOf(memory, from, to) !== hash)
            .map(({ from, to }) => `${from.toString(16)}-${to.toString(16)}`);
    } finally {
        closeSync(memory);
    }
}

/** KUSER_SHARED_DATA: contains the system's clock. */
const sharedData = 0x7ffe0000;

function executableRanges(pid: number): { from: number; to: number }[] {
    return (
        (readMemoryMap(pid) ?? [])
            // Wine makes writable pages executable: they are data.
            .filter(({ access, name }) => access.startsWith("r-x") && !/^\[(vsyscall|vdso)\]$/.test(name))
            .filter(({ start }) => start !== sharedData)
            .map(({ start, end }) => ({ from: start, to: end }))
    );
}

function hashOf(memory: number, from: number, to: number): string {
    const hash = createHash("sha256");
    const piece = Buffer.alloc(1 << 20);
    for (let at = from; at < to; at += piece.length) {
        const wanted = Math.min(piece.length, to - at);
        const got = readSync(memory, piece, 0, wanted, at);
        hash.update(piece.subarray(0, got));
    }
    return hash.digest("hex");
}
