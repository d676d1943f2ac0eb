import type { AddressSpace } from "../../shared/protocol/pool.js";
import { platform } from "./platform/index.js";

/** How long a measurement is reused, in milliseconds: walking the ranges of a large game takes several. */
const reuseMs = 1000;

let known: { at: number; space: AddressSpace } | null = null;

/** The free address space of this process; null in 64-bit processes. */
export function measureAddressSpace(): AddressSpace | null {
    if (Process.pointerSize !== 4) return null;
    if (known !== null && Date.now() - known.at < reuseMs) return known.space;
    const { total, holes, isLowerBound } = platform().freeRanges();
    const free = holes.reduce((sum, bytes) => sum + bytes, 0);
    const space = { total, free, largest_hole: Math.max(0, ...holes), is_lower_bound: isLowerBound };
    known = { at: Date.now(), space };
    return space;
}
