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
    "programs/foreign/microsoft-runtime",
    "programs/foreign/microsoft-programs",
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

/** Other files that take half a minute and more: started late, one of them would run on alone. */
const longFiles: readonly string[] = [
    "safety/stopped-program",
    "programs/cli/console",
    "programs/watch/on-programs",
    "game/loadtest/on-linux",
    "game/windows-host/on-programs",
    "native/layout",
    "programs/cli/launch",
    "programs/script/on-programs",
    "package/documents/commands",
];

/** Of all files of tests, those that a tier runs, the longest first. */
export function filesOf(tier: Tier, all: readonly string[]): string[] {
    const slow = slowFiles.filter((file) => all.includes(file));
    const split = splitFiles.filter((file) => all.includes(file));
    const long = longFiles.filter((file) => all.includes(file));
    const others = all.filter((file) => ![...slow, ...split, ...long].includes(file));
    switch (tier) {
        case "quick":
            return [...split, ...long, ...others];
        case "rest":
            return [...slow, ...split];
        case "all":
            return [...slow, ...split, ...long, ...others];
    }
}
