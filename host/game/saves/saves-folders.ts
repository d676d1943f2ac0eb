import { homedir } from "node:os";
import { join } from "node:path";
import type { Game } from "../../../shared/games/game.js";
import { gameProfiles, gamesOf } from "../../../shared/games/index.js";
import type { GameProfile } from "../../../shared/games/profile.js";
import { UserError } from "../../errors.js";
import { namesIn, realPath } from "../../files/path-bytes.js";
import { isFolder } from "../../files/read-file.js";
import { findIgnoringCase } from "../../process/find-ignoring-case.js";
import { launcherPlaces } from "../launchers/index.js";
import { protonPrefixes } from "../steam/libraries.js";
import { modOrganizerSaves, savesBelow } from "./profile-folders.js";

/** Where to search for saves. What is not given is that of this process. */
export interface SavesSearch {
    /** Wine prefix of the game; then nothing else is searched. */
    winePrefix?: string;
    /** Environment variables that name places. */
    env?: NodeJS.ProcessEnv;
    /** System whose usual places are searched. */
    platform?: NodeJS.Platform;
    /** Games whose saves are wanted; default: every supported one. */
    profiles?: readonly GameProfile[];
}

/**
 * Finds the folders in which games keep their saves, the likeliest first: on Windows in the user's documents; elsewhere in
 * the named Wine prefix, or `$WINEPREFIX`, Steam's prefixes of the game, `~/.wine` and the prefixes of Heroic, Lutris and
 * Bottles.
 *
 * @throws UserError NO_SAVES_FOLDER, with the paths that were searched
 */
export function findSavesFolders(search: SavesSearch = {}): [string, ...string[]] {
    const places = savesPlaces(search);
    const [first, ...others] = withoutRepetition(places.flatMap((place) => place.find()).filter(isFolder));
    if (first === undefined) {
        throw notFound(places);
    }
    return [first, ...others];
}

/** Wine's documents are often a link to the user's own, and there are links to Steam's folder. */
function withoutRepetition(folders: string[]): string[] {
    const real = folders.map((folder) => realPath(folder));
    return folders.filter((_, index) => real.indexOf(real[index]!) === index);
}

function notFound(places: readonly SavesPlace[]): UserError {
    return new UserError(
        "NO_SAVES_FOLDER",
        `No folder of saves was found; searched: ${places.map(({ pattern }) => pattern).join(", ")}.`,
        "Name the folder, poolnv saves FOLDER, or the game's Wine prefix, poolnv saves --wine-prefix DIR",
    );
}

/** A place that may hold saves. */
interface SavesPlace {
    /** The path for messages, with `*` for any name. */
    readonly pattern: string;
    /** Existing paths. */
    find(): string[];
}

function savesPlaces({
    winePrefix,
    env = process.env,
    platform = process.platform,
    ...search
}: SavesSearch): SavesPlace[] {
    const games = gamesOf(search.profiles ?? gameProfiles);
    if (winePrefix !== undefined) {
        return games.flatMap((game) => inPrefix(winePrefix, game));
    }
    if (platform === "win32") {
        const local = env["LOCALAPPDATA"] || join(env["USERPROFILE"] || homedir(), "AppData", "Local");
        return [
            ...windowsFolders(env).flatMap((folder) => games.flatMap((game) => inDocuments(folder, game))),
            ...games.map((game) => inModOrganizer(local, game, () => [local])),
        ];
    }
    const home = env["HOME"] || homedir();
    const chosen = env["WINEPREFIX"];
    const { prefixes } = launcherPlaces(env, home, games);
    return games.flatMap((game) =>
        [...(chosen ? [chosen] : []), ...protonPrefixes(home, game), join(home, ".wine"), ...prefixes].flatMap(
            (prefix) => inPrefix(prefix, game),
        ),
    );
}

/** The documents may be in OneDrive. */
function windowsFolders(env: NodeJS.ProcessEnv): string[] {
    const home = env["USERPROFILE"] || homedir();
    const folders = [home, env["OneDrive"], env["OneDriveConsumer"], env["OneDriveCommercial"]];
    return [...new Set(folders.filter((folder) => folder !== undefined && folder !== ""))] as string[];
}

function inDocuments(folder: string, game: Game): SavesPlace[] {
    const documents = join(folder, "Documents");
    return editionsOf(game).map((saves) => ({
        pattern: join(documents, ...saves),
        find: () => savesBelow(documents, saves, game),
    }));
}

/** Wine has a folder for each user; older versions have My Documents, as Windows XP. */
function inPrefix(prefix: string, game: Game): SavesPlace[] {
    const users = join(prefix, "drive_c", "users");
    const documents = () =>
        usersIn(users).flatMap((user) =>
            ["Documents", "My Documents"].flatMap((name) => findIgnoringCase(user, [name]) ?? []),
        );
    return [
        ...editionsOf(game).map((saves) => ({
            pattern: join(users, "*", "Documents", ...saves),
            find: () => documents().flatMap((folder) => savesBelow(folder, saves, game)),
        })),
        inModOrganizer(join(users, "*", "AppData", "Local"), game, () =>
            usersIn(users).flatMap((user) => findIgnoringCase(user, ["AppData", "Local"]) ?? []),
        ),
    ];
}

/** Folders of saves below the documents: each edition has its own. */
function editionsOf({ saves, epic }: Game): (readonly string[])[] {
    return epic === null ? [saves] : [saves, epic.saves];
}

function inModOrganizer(pattern: string, game: Game, folders: () => string[]): SavesPlace {
    return {
        pattern: join(pattern, "ModOrganizer", "*", "profiles", "*", "saves"),
        find: () => folders().flatMap((folder) => modOrganizerSaves(folder, game)),
    };
}

function usersIn(folder: string): string[] {
    try {
        return namesIn(folder).map((name) => join(folder, name));
    } catch {
        return []; // no prefix, or not readable
    }
}
