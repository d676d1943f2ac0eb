import type { Strategy } from "../../../shared/protocol/install.js";

/** Expected growth of the pool's counters after these calls of a victim. */
export function expectedCounters(strategy: Strategy, made: Record<string, number>) {
    const { mallocs = NaN, callocs = NaN, reallocs = NaN, moved = NaN, frees = NaN } = made;
    const always = {
        total_frees: frees,
        reallocs,
        fallback_allocs: 0,
        foreign_frees: 0,
        corrupt_headers: 0,
        double_frees: 0,
    };
    return strategy === "recycle"
        ? { ...always, pool_allocs: mallocs + callocs + moved, pool_frees_ignored: 0, current_used: 0 }
        : { ...always, pool_allocs: mallocs + callocs + reallocs, pool_frees_ignored: frees };
}

/** Expected growth of the pool's counters after a victim has abused its heap as it reports. */
export function expectedOfAbuse(strategy: Strategy, done: Record<string, number>) {
    const { frees = NaN, reallocs = NaN, doubles = NaN, corrupt = NaN, ignored = NaN, foreign = NaN } = done;
    const always = {
        total_frees: frees,
        reallocs,
        foreign_frees: foreign,
        corrupt_headers: corrupt,
        double_frees: doubles,
        pool_frees_ignored: ignored,
    };
    return strategy === "recycle" ? { ...always, current_used: 0 } : always;
}

/** Growth of each counter. */
export function growth(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
    return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? NaN)]));
}
