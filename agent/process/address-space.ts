import type { AddressSpace } from "../../shared/protocol/pool.js";
import { platform } from "./platform/index.js";

/** The free address space of this process; null in 64-bit processes. */
export function measureAddressSpace(): AddressSpace | null {
    if (Process.pointerSize !== 4) return null;
    const { total, holes, isLowerBound } = platform().freeRanges();
    const free = holes.reduce((sum, bytes) => sum + bytes, 0);
    return { total, free, largest_hole: Math.max(0, ...holes), is_lower_bound: isLowerBound };
}
