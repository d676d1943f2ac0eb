import { segmentBytes } from "../../shared/layout.js";

/** Beyond it there is nothing in a 32-bit process. */
const ADDRESSES_END = 0x1_0000_0000;

/** The highest window of addresses of all those of which most is free now; null where nothing is. */
export function chooseWindow(
    bytes: number,
    isFree: (base: NativePointer, bytes: number) => boolean,
): { base: NativePointer; freeBytes: number } | null {
    const segments = Math.ceil(bytes / segmentBytes);
    // By trying each: under Wine nothing else tells.
    const free = Array.from({ length: ADDRESSES_END / segmentBytes }, (_, index) =>
        isFree(ptr(index * segmentBytes), segmentBytes),
    );
    let best = { first: 0, count: 0 };
    for (let first = free.length - segments; first > 0; first--) {
        const count = free.slice(first, first + segments).filter(Boolean).length;
        if (count > best.count) best = { first, count };
    }
    const freeBytes = Math.min(bytes, best.count * segmentBytes);
    return best.count === 0 ? null : { base: ptr(best.first * segmentBytes), freeBytes };
}
