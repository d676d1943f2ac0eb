import type { PoolStatistics } from "../../../shared/pool-statistics.js";
import { UserError } from "../../errors.js";
import { shareOfPool } from "../../monitor/sample.js";

/** What is expected of a save. It is checked with every sample of its test case. */
export interface Expectation {
    /** As text, for example `usage below 90%`. Plain-text scenarios and `--expect` accept the same text. */
    readonly text: string;
    /**
     * Checks what was observed so far.
     *
     * @returns null while the expectation is met, else what was observed instead
     */
    broken(seen: Seen): string | null;
}

/** What was observed in a test case so far. */
export interface Seen {
    /** The newest statistics; null before the first. */
    readonly statistics: PoolStatistics | null;
    /** Highest use during the test case, in bytes. */
    readonly peakUsed: number;
    /** Share of the requests during the test case that the pool could not serve, 0 to 1. */
    readonly fallbackShare: number;
    /** Blocks whose header was found damaged during the test case. */
    readonly damagedHeaders: number;
    /** Whether the program has ended by itself. */
    readonly hasEnded: boolean;
}

/**
 * Makes expectations.
 *
 * @example
 * expectations: [expect.usage.below("90%"), expect.fallback.below(0.001), expect.noCorruption(), expect.alive()]
 */
export const expect = {
    usage: {
        /** The peak use during the test case as a share of the pool: `"90%"` or 0.9. */
        below: (limit: string | number): Expectation => {
            const share = shareOf(limit);
            return {
                text: `usage below ${percent(share)}`,
                broken: ({ peakUsed, statistics }) => {
                    if (statistics === null) return null;
                    const used = shareOfPool(peakUsed, statistics);
                    return used < share ? null : `${percent(used)} of the pool were used`;
                },
            };
        },
    },
    fallback: {
        /** The share of requests that the pool could not serve: `"0.1%"` or 0.001. */
        below: (limit: string | number): Expectation => {
            const share = shareOf(limit);
            return {
                text: `fallback below ${percent(share)}`,
                broken: ({ fallbackShare }) =>
                    fallbackShare < share ? null : `the pool could not serve ${percent(fallbackShare)} of the requests`,
            };
        },
    },
    /**
     * No block's header was damaged. Pointers at which no block can begin are not counted: Fallout's engine frees such
     * pointers in normal operation.
     */
    noCorruption: (): Expectation => ({
        text: "no corruption",
        broken: ({ damagedHeaders }) =>
            damagedHeaders === 0 ? null : `headers of blocks that were found damaged: ${damagedHeaders}`,
    }),
    /** The program does not end by itself, not even without an error. */
    alive: (): Expectation => ({
        text: "alive",
        broken: ({ hasEnded }) => (hasEnded ? "the program ended by itself" : null),
    }),
};

/** The expectations of a run for which neither the scenario nor the command line names any. */
export function defaultExpectations(): Expectation[] {
    return [expect.usage.below("90%"), expect.fallback.below(0.001), expect.noCorruption(), expect.alive()];
}

/**
 * Parses an expectation: `usage below 90%`, `fallback below 0.001`, `no corruption`, `alive`.
 *
 * @throws UserError USAGE
 */
export function parseExpectation(text: string): Expectation {
    const words = text.trim().toLowerCase().replace(/\s+/g, " ");
    const [, kind, limit] = /^(usage|fallback) below (\S+|\S+ %)$/.exec(words) ?? [];
    if (kind === "usage" || kind === "fallback") return expect[kind].below(limit!);
    if (words === "no corruption") return expect.noCorruption();
    if (words === "alive") return expect.alive();
    throw new UserError(
        "USAGE",
        `"${text}" is not an expectation.`,
        "Use one of: usage below 90%, fallback below 0.1%, no corruption, alive",
    );
}

function shareOf(limit: string | number): number {
    const [, digits, sign] = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(String(limit)) ?? [];
    const share = Number(digits) / (sign === "%" ? 100 : 1);
    if (share > 0 && share <= 1) return share;
    throw new UserError(
        "USAGE",
        `"${limit}" is not a valid limit of an expectation.`,
        'Use a share above 0 and up to 100 %, such as "90%" or 0.9.',
    );
}

/** Up to four significant digits, without trailing zeros. */
function percent(share: number): string {
    return `${Number((share * 100).toPrecision(4))}%`;
}
