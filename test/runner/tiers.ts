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
    "game/windows-host/launcher",
    "game/windows-host/loadtest",
    "game/windows-host/diagnosis",
    "game/windows-host/terminal",
    "game/windows-host/beside-a-watch",
    "game/windows-host/launch",
    "game/windows-host/command-line",
    "game/windows-host/installed",
    "game/falloutnv/extra-patches",
    "game/falloutnv/protected",
    "game/windows-host/mailbox",
    "safety/hostile-mailbox-file",
    "game/deploy/interrupted",
    "game/installations/path-bytes-command",
    "game/report/large-run",
    "programs/foreign/programs",
    "programs/install/overriding",
    "programs/install/fork",
    "programs/foreign/microsoft-runtime",
    "programs/foreign/microsoft-programs",
    "programs/bench/bench",
    "programs/bench/failing-allocators",
    "game/windows-host/on-binding",
    "programs/cli/launched-file",
    "programs/cli/demo",
    "game/windows-host/held-files",
    "game/windows-host/windows-job",
    "programs/install/unsuitable",
    "safety/given-back",
    "safety/frida-has-left",
    "safety/no-trace-of-frida",
    "game/windows-host/frida-has-left",
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
    "programs/engine/worker",
    "programs/engine/errors",
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

/** The files that also run with the npm binding as the engine, each under its path in this folder. */
const bindingFolder = "binding/";

/** The rest runs all of them, the quick tier one, in part. */
const quickBindingFiles: readonly string[] = ["programs/engine/worker"];
export const bindingFiles: readonly string[] = [
    "safety/trials-linux-x64",
    "game/loadtest/on-linux",
    "safety/stopped-program",
    "programs/install/install",
    "programs/engine/contract",
    "programs/engine/host-death",
    "programs/engine/worker",
    "safety/sessions",
    "programs/install/tuning",
    "programs/install/no-slot",
    "programs/install/segments",
    "programs/install/stand-in",
];

/** The file of a run, and whether the binding is its engine. */
export function runOf(file: string): { source: string; isOnBinding: boolean } {
    const isOnBinding = file.startsWith(bindingFolder);
    return { source: isOnBinding ? file.slice(bindingFolder.length) : file, isOnBinding };
}

/** Of all files of tests, those that a tier runs, the longest first. */
export function filesOf(tier: Tier, all: readonly string[]): string[] {
    const slow = slowFiles.filter((file) => all.includes(file));
    const split = splitFiles.filter((file) => all.includes(file));
    const long = longFiles.filter((file) => all.includes(file));
    const onBinding = (files: readonly string[]) =>
        files.filter((file) => all.includes(file)).map((file) => bindingFolder + file);
    const others = all.filter((file) => ![...slow, ...split, ...long].includes(file));
    switch (tier) {
        case "quick":
            return [...split, ...long, ...onBinding(quickBindingFiles), ...others];
        case "rest":
            return [...slow, ...split, ...onBinding(bindingFiles)];
        case "all":
            return [...slow, ...split, ...long, ...onBinding(bindingFiles), ...others];
    }
}
