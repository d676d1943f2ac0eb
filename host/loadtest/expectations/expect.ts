import { UserError } from "../../errors.js";
import { shareOfPool } from "../../monitor/share-of-pool.js";
import type { Expectation } from "./expectation.js";

/**
 * Makes expectations.
 *
 * @example
 * expectations: [expect.usage.below("90%"), expect.fallback.below(0.001), expect.noCorruption(), expect.alive()]
 */
export const expect = {
    usage: {
        /** The most that is used during the turn, of the pool: `"90%"` or 0.9. */
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
     * The header of no block was damaged. A pointer where no block can begin is not counted: the engine of Fallout frees such
     * in passing.
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

/** What is expected where nothing else is said. */
export function usualExpectations(): Expectation[] {
    return [expect.usage.below("90%"), expect.fallback.below(0.001), expect.noCorruption(), expect.alive()];
}

/**
 * An expectation in words: `usage below 90%`, `fallback below 0.001`, `no corruption`, `alive`.
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
        `"${text}" is no expectation.`,
        "There are: usage below 90%, fallback below 0.1%, no corruption, alive",
    );
}

function shareOf(limit: string | number): number {
    const [, digits, sign] = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(String(limit)) ?? [];
    const share = Number(digits) / (sign === "%" ? 100 : 1);
    if (share > 0 && share <= 1) return share;
    throw new UserError(
        "USAGE",
        `"${limit}" is no limit of an expectation.`,
        'Give a share of up to 100 %, such as "90%" or 0.9.',
    );
}

/** With as many digits as it takes, but four at most. */
function percent(share: number): string {
    return `${Number((share * 100).toPrecision(4))}%`;
}
