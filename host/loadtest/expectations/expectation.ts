import type { PoolStatistics } from "../../client/pool-statistics.js";

/** What is expected of a save. It is looked at with every sample of its turn. */
export interface Expectation {
    /** In words, as `usage below 90%`. A plain-text scenario and `--expect` take the same. */
    readonly text: string;
    /** Null while it is met, else what is seen instead. */
    broken(seen: Seen): string | null;
}

/** What is known of a save's turn so far. */
export interface Seen {
    /** The newest statistics; null before the first. */
    readonly statistics: PoolStatistics | null;
    /** Highest use during the turn, in bytes. */
    readonly peakUsed: number;
    /** Of the requests during the turn, the share that the pool could not serve, 0 to 1. */
    readonly fallbackShare: number;
    /** Blocks of the turn whose header was found damaged. */
    readonly damagedHeaders: number;
    /** Whether the program has ended by itself. */
    readonly hasEnded: boolean;
}
