import { setTimeout as pause } from "node:timers/promises";
import { readMemoryMap } from "../../../host/process/memory-map.js";
import type { Range } from "./footprint.js";

/** Between two looks at the memory map, in milliseconds. */
const everyMs = 2;

/**
 * The ranges of addresses that a process used only while some work was going on: not before it, and not after it.
 *
 * @param settleMs how long after the work they may still be used, in milliseconds
 */
export async function rangesUsedOnlyDuring(pid: number, settleMs: number, work: () => Promise<void>): Promise<Range[]> {
    const rangesNow = (): Range[] => usedRanges(pid);
    const before = rangesNow();
    const state = { isOver: false };
    let seen: Range[] = [];
    const watch = async (): Promise<void> => {
        while (!state.isOver) {
            seen = union([...seen, ...rangesNow()]);
            await pause(everyMs);
        }
    };
    const watching = watch();
    try {
        await work();
        await pause(settleMs);
    } finally {
        state.isOver = true;
        await watching;
    }
    return without(without(seen, before), rangesNow());
}

/** Accessible memory of a process: what Windows has free may be mapped under Wine, without access. */
export function usedRanges(pid: number): Range[] {
    return (readMemoryMap(pid) ?? []).filter(({ access }) => !access.startsWith("---"));
}

/** The same addresses in as few ranges as possible, from low ones to high ones. */
export function union(ranges: readonly Range[]): Range[] {
    const merged: { start: number; end: number }[] = [];
    for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
        const last = merged.at(-1);
        if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
        else merged.push({ start, end });
    }
    return merged;
}

/** What of some ranges is not in others. */
export function without(ranges: readonly Range[], others: readonly Range[]): Range[] {
    const removed = union(others);
    return union(ranges).flatMap(({ start, end }) => {
        const left: Range[] = [];
        let at = start;
        for (const other of removed) {
            if (other.end <= at || other.start >= end) continue;
            if (other.start > at) left.push({ start: at, end: other.start });
            at = Math.max(at, other.end);
        }
        if (at < end) left.push({ start: at, end });
        return left;
    });
}

/** Whether an address is in some ranges that are in order and do not overlap. */
export function includesAddress(ranges: readonly Range[], address: number): boolean {
    let [low, high] = [0, ranges.length];
    while (low < high) {
        const middle = (low + high) >>> 1;
        if (ranges[middle]!.end <= address) low = middle + 1;
        else high = middle;
    }
    return low < ranges.length && ranges[low]!.start <= address;
}
