import type { AddressSpace } from "../../shared/protocol.js";
import { system } from "./system/index.js";

/** How old an answer may be, in milliseconds: looking at every range of a large game takes some. */
const FRESH_MS = 1000;

let known: { at: number; space: AddressSpace } | null = null;

/** What of the address space of this process is free; null in 64-bit processes, where that is no question. */
export function measureAddressSpace(): AddressSpace | null {
    if (Process.pointerSize !== 4) return null;
    if (known !== null && Date.now() - known.at < FRESH_MS) return known.space;
    const { total, holes, isLowerBound } = system().freeRanges();
    const free = holes.reduce((sum, bytes) => sum + bytes, 0);
    const space = { total, free, largest_hole: Math.max(0, ...holes), is_lower_bound: isLowerBound };
    known = { at: Date.now(), space };
    return space;
}
