import { UnreadableFile } from "../../files/read-small-file.js";
import { GAME_VERSION } from "../../game/game-profile.js";
import { error, type Finding, ok } from "../finding.js";
import type { GameSubject } from "../game-subject.js";

/** Whether the program is the version that every mod is made for. */
export function checkVersion({ program }: GameSubject): Finding[] {
    if (program instanceof UnreadableFile) return [];
    const { version } = program;
    if (version === GAME_VERSION) return [ok("version", `the game is version ${version}`)];
    const found = version === null ? "the game says no version" : `the game is version ${version}`;
    return [error("version", `${found}; poolnv knows ${GAME_VERSION}`, mends[version ?? ""] ?? usualResolution)];
}

/** Epic's version differs, and a patch turns it into the usual one (xNVSE, `IdentifyEXE.cpp`). */
const mends: Record<string, string> = {
    "1.4.0.1338":
        "It is Epic's: make it the usual one with the Epic Games Patcher (nexusmods.com/newvegas/mods/81281).",
};
const usualResolution = "Let your store's client update the game, or check its files.";
