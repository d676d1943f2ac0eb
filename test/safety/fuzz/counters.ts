import { expectedCounters } from "../../programs/install/expected-counters.js";
import type { Setting } from "./settings.js";

/**
 * Compares by how much the pool's counters grew with what a fuzz program says it did. Where every block is the pool's,
 * all of them are known; else those that do not depend on who served a block.
 */
export function expectCounters(
    { alone = false, filledUp = false }: Setting,
    place: string,
    made: Record<string, number>,
    grown: Record<string, number>,
    expect: (holds: boolean, what: string) => void,
): void {
    const expected = alone ? expectedCounters("recycle", made) : anyway(place, made);
    for (const [counter, value] of Object.entries(expected))
        expect(grown[counter] === value, `${counter} grew by ${grown[counter]} instead of ${value}`);
    if (filledUp) expect(grown["fallback_allocs"]! > 0, "a full pool served everything");
}

/**
 * An original may call hooked functions itself, and is counted then: glibc's `realloc` to no bytes calls `free`. And what
 * the aligned functions of Windows did for a block of their own is not known here.
 */
function anyway(place: string, made: Record<string, number>): Record<string, number> {
    const never = { corrupt_headers: 0, double_frees: 0 };
    return place.startsWith("win32") ? never : { ...never, reallocs: made["reallocs"]! };
}
