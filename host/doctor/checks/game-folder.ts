import { accessSync, constants } from "node:fs";
import { dirname, join } from "node:path";
import type { Game } from "../../../shared/games/game.js";
import { systemPath } from "../../files/path-bytes.js";
import { isFolder } from "../../files/read-file.js";
import { UnreadableFile } from "../../files/system-error.js";
import type { ProgramFacts } from "../../game/program-facts.js";
import { findIgnoringCase } from "../../process/find-ignoring-case.js";
import type { ExaminedGame } from "../examined-game.js";
import { error, type Finding, ok, warning } from "../finding.js";

/** Checks of the game's program, by its file. Only the first one reports a program that can't be read. */
export const programChecks: readonly ((game: ExaminedGame) => Finding[])[] = [
    checkReadable,
    ifReadable(checkVersion),
    ifReadable(checkProtection),
    ifReadable(checkCode),
    ifReadable(checkLargeAddresses),
];

/** Checks that the log can be in the game's folder of plugins. The pool creates missing folders. */
export function checkLogFolder({ installation: { folder, game } }: ExaminedGame): Finding[] {
    const [data = ""] = game.plugins;
    if (findIgnoringCase(folder, [data]) === null) {
        return [ok("log", `there is no folder ${data}: the log will be beside the program`)];
    }
    const wanted = findIgnoringCase(folder, game.plugins) ?? join(folder, ...game.plugins);
    const existing = deepestExisting(wanted);
    if (isFolder(existing) && isWritable(existing)) {
        return [ok("log", `the log will be ${join(wanted, "MemoryPool_Debug.log")}`)];
    }
    return [
        warning(
            "log",
            isFolder(existing)
                ? `you may not write to ${existing}: the log will be elsewhere`
                : `${existing} is not a folder: the log will be beside the program`,
            "Make it a folder that you may write to, or choose another file: --log FILE",
        ),
    ];
}

function ifReadable(check: (facts: ProgramFacts, game: ExaminedGame) => Finding[]): (game: ExaminedGame) => Finding[] {
    return (game) => (game.program instanceof UnreadableFile ? [] : check(game.program, game));
}

function checkReadable({ program }: ExaminedGame): Finding[] {
    return program instanceof UnreadableFile ? [error("program", program.message, `${verifyFiles}.`)] : [];
}

function checkVersion({ version }: ProgramFacts, { versions, installation }: ExaminedGame): Finding[] {
    if (version !== null && versions.includes(version)) return [ok("version", `the game is version ${version}`)];
    const found = version === null ? "the game's program has no version" : `the game is version ${version}`;
    return [
        error(
            "version",
            `${found}; poolnv supports ${versions.join(", ")}`,
            adviceOn(version ?? "", installation) ?? `${verifyFiles}, or update the game.`,
        ),
    ];
}

function adviceOn(version: string, { game, store }: ExaminedGame["installation"]): string | undefined {
    return game.versionAdvice[version] ?? (store === "epic" ? game.epic?.advice : undefined);
}

/** Protection is no obstacle: the code in memory is decrypted once the game runs. */
function checkProtection({ isProtected }: ProgramFacts): Finding[] {
    return isProtected
        ? [ok("protection", "Steam's protection (.bind) encrypts the program: its code is checked when the game runs")]
        : [];
}

function checkCode({ isProtected, differing, version }: ProgramFacts, { installation }: ExaminedGame): Finding[] {
    if (isProtected || differing === null) return [];
    if (differing.length === 0) return [ok("code", `the program's code is that of ${version}`)];
    const named = differing.slice(0, 4).join(", ") + (differing.length > 4 ? ", ..." : "");
    const { patcher } = installation.game;
    return [
        error(
            "code",
            `the program's code differs at ${differing.length} of the functions that poolnv hooks: ${named}`,
            patcher === null ? `${verifyFiles}.` : `${verifyFiles}, then patch it with the ${patcher.name} only.`,
        ),
    ];
}

function checkLargeAddresses(
    { largeAddressAware, isProtected }: ProgramFacts,
    { installation }: ExaminedGame,
): Finding[] {
    if (largeAddressAware) return [ok("large-addresses", "the program may use 4 GB (large-address-aware)")];
    return [
        warning(
            "large-addresses",
            "the program may use only 2 GB (it is not large-address-aware): the pool gets about 576 MB at most",
            resolutionFor(installation.game, isProtected),
        ),
    ];
}

/** A protected program that was changed does not start: only a patcher that unpacks it helps. */
function resolutionFor({ patcher }: Game, isProtected: boolean): string {
    const own = isProtected ? [] : ["poolnv deploy --set-laa"];
    const other = patcher === null ? [] : [`the ${patcher.name} (${patcher.page})`];
    return own.length + other.length === 0
        ? "Use an unprotected copy of the program."
        : `Run ${[...other, ...own].join(" or: ")}`;
}

const verifyFiles = "Let Steam (Properties, Installed Files) or your store's client verify the game's files";

/** The deepest part of a path that exists. */
function deepestExisting(path: string): string {
    try {
        accessSync(systemPath(path));
        return path;
    } catch {
        return dirname(path) === path ? path : deepestExisting(dirname(path));
    }
}

function isWritable(folder: string): boolean {
    try {
        accessSync(systemPath(folder), constants.W_OK | constants.X_OK);
        return true;
    } catch {
        return false;
    }
}
