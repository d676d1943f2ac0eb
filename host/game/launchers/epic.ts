import { join } from "node:path";
import { type FolderKey, type Game, softwareKey } from "../../../shared/games/game.js";
import { namesIn } from "../../files/path-bytes.js";
import { isFolder } from "../../files/read-file.js";
import { findIgnoringCase } from "../../process/find-ignoring-case.js";
import type { GamePlace, Places, Unreadable } from "../found-game.js";
import { filesOf, readValues, valueAt } from "./launcher-files.js";

/** Where Epic's launcher says that its data is. */
export const epicDataKey: FolderKey = {
    hive: "HKLM",
    paths: softwareKey("Epic Games\\EpicGamesLauncher"),
    value: "AppDataPath",
};

/** Its data below the folder that Windows has for the data of all users. */
export const epicDataFolder = ["Epic", "EpicGamesLauncher", "Data"];

/**
 * What Epic's launcher has installed: it writes a manifest for each game.
 *
 * @param data its folder of data
 * @param toOwn turns a path as the launcher writes it into one of this system; null: there is no such place
 * @param prefix Wine prefix in which it runs
 */
export function epicPlaces(
    data: string,
    games: readonly Game[],
    toOwn: (path: string) => string | null = (path) => path,
    prefix: string | null = null,
): Places {
    const unreadable: Unreadable[] = [];
    const places = filesOf(findIgnoringCase(data, ["Manifests"]) ?? join(data, "Manifests"), ".item").flatMap((via) => {
        const manifest = readValues(via, unreadable);
        const named = valueAt(manifest, "InstallLocation");
        const game = games.find(({ epic }) => epic !== null && valueAt(manifest, "AppName") === epic.app);
        if (game === undefined || typeof named !== "string" || named.includes("\0")) return [];
        return epicFolders(toOwn(named) ?? named, game).map((folder): GamePlace => {
            return { game, folder, store: "epic", via, prefix, isListed: true };
        });
    });
    return { places, unreadable };
}

/** The folders with the game's program in the folder that Epic has installed: one for each language. */
export function epicFolders(folder: string, { epic, program }: Game): string[] {
    if (!isFolder(folder) || findIgnoringCase(folder, [program]) !== null) return [folder];
    const below = namesIn(folder)
        .filter((name) => epic?.folders.test(name) === true)
        .sort()
        .map((name) => join(folder, name))
        .filter((path) => findIgnoringCase(path, [program]) !== null);
    return below.length === 0 ? [folder] : below;
}
