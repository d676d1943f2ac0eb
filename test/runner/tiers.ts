import type { Tier } from "../fixtures/support/tier.js";

/**
 * Files that `npm test` leaves to the rest: trials, what compares whole runs, and what takes minutes to say what a quicker
 * file says of one kind of program, too.
 */
export const slowFiles: readonly string[] = [
    "safety/trials-win32-msvcrt",
    "safety/trials-linux-i386",
    "safety/trials-elsewhere",
    "package/tarball/from-an-empty-folder",
    "game/loadtest/on-the-game",
    "game/falloutnv/extra-patches",
    "game/falloutnv/protected",
    "game/deploy/interrupted",
    "game/report/large-run",
    "programs/foreign/programs",
    "programs/bench/bench",
];

/** Files with cases in both tiers, which they choose by `casesOfTier`. */
export const splitFiles: readonly string[] = [
    "native/native-64-bits",
    "native/native-32-bits",
    "safety/trials-linux-x64",
    "safety/sessions",
    "programs/install/tuning",
    "programs/install/install",
    "programs/install/no-slot",
    "programs/install/same-name",
    "programs/sampling/on-programs",
    "programs/engine/contract",
    "programs/engine/host-death",
];

/** Of all files of tests, those that a tier runs, the longest first. */
export function filesOf(tier: Tier, all: readonly string[]): string[] {
    const longest = [...slowFiles, ...splitFiles].filter((file) => all.includes(file));
    const others = all.filter((file) => !longest.includes(file));
    switch (tier) {
        case "quick":
            return [...longest.filter((file) => !slowFiles.includes(file)), ...others];
        case "rest":
            return longest;
        case "all":
            return [...longest, ...others];
    }
}
