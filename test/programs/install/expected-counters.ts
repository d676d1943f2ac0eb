import type { Strategy } from "../../../host/client/pool-session.js";

/** By how much the pool's counters grow when a victim makes such calls, and nothing goes wrong. */
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

/** By how much they grow when a victim abuses its heap and tells what it did. */
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

/** By how much counters grew. */
export function growth(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
    return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? NaN)]));
}
