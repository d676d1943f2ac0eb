import { join } from "node:path";
import type { FolderKey, Game } from "../../shared/games/game.js";
import { realPath } from "../files/path-bytes.js";
import { UnreadableFile } from "../files/system-error.js";
import { findIgnoringCase } from "../process/find-ignoring-case.js";
import { pathInPrefix } from "../process/wine.js";
import { type GamePlace, joinPlaces, type Places } from "./found-game.js";
import { epicDataFolder, epicPlaces } from "./launchers/epic.js";
import { folderOf, keysInPrefix, steamKeys } from "./registry/read-registry.js";
import { steamPlaces } from "./steam-places.js";

/** Where games may be in a Wine prefix: by its registry, and the usual folders of its drive C. */
export function prefixPlaces(prefix: string, games: readonly Game[]): Places {
    const usual = games.flatMap((game) => usualPlaces(prefix, game));
    try {
        const toUnix = (path: string) => withoutDriveLink(pathInPrefix(prefix, path));
        const steamRoots = steamKeys
            .flatMap((key) => foldersNamedBy(prefix, key))
            .flatMap((path) => toUnix(path) ?? []);
        const epicData = findIgnoringCase(join(prefix, "drive_c"), ["ProgramData", ...epicDataFolder]);
        return joinPlaces([
            { places: games.flatMap((game) => namedPlaces(prefix, game, toUnix)), unreadable: [] },
            ...[...new Set(steamRoots)].map((root) => steamPlaces({ root, prefixFor: () => prefix, toUnix }, games)),
            ...(epicData === null ? [] : [epicPlaces(epicData, games, toUnix, prefix)]),
            { places: usual, unreadable: [] },
        ]);
    } catch (error) {
        if (!(error instanceof UnreadableFile)) throw error;
        return { places: usual, unreadable: [{ path: error.file, reason: error.reason }] };
    }
}

function namedPlaces(prefix: string, game: Game, toUnix: (path: string) => string | null): GamePlace[] {
    return game.registryKeys.flatMap((key) =>
        foldersNamedBy(prefix, key).map((path) => ({
            game,
            folder: toUnix(path) ?? path, // a folder that is gone is reported by its Windows path
            store: key.store,
            via: `the registry of ${prefix}, ${key.paths.at(-1)}`,
            prefix,
            isListed: true,
        })),
    );
}

function foldersNamedBy(prefix: string, key: FolderKey): string[] {
    const keys = keysInPrefix(prefix, key.hive === "HKLM" ? "system.reg" : "user.reg", key.paths);
    return [...keys.values()].flatMap((values) => folderOf(values, key) ?? []);
}

function usualPlaces(prefix: string, game: Game): GamePlace[] {
    return game.driveFolders.flatMap((names) => {
        const folder = findIgnoringCase(join(prefix, "drive_c"), names);
        const via = `a usual place in ${prefix}`;
        return folder === null ? [] : [{ game, folder, store: "unknown" as const, via, prefix, isListed: false }];
    });
}

/** The drives of a prefix are links in `dosdevices`: users know the folder they lead to. */
function withoutDriveLink(path: string | null): string | null {
    try {
        return path === null ? null : realPath(path);
    } catch {
        return path; // a folder on the way can't be read
    }
}
