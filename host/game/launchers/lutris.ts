import { isAbsolute, join } from "node:path";
import type { Game } from "../../../shared/games/game.js";
import type { Unreadable } from "../found-game.js";
import {
    filesOf,
    launcherFolders,
    type LauncherPlaces,
    pathFrom,
    placesOfProgram,
    prefixAt,
    prefixesIn,
    readValues,
    type UserFolders,
    valueAt,
} from "./launcher-files.js";

/**
 * The programs and prefixes of Lutris: each game has a file of settings, in newer versions with the data. Its installers
 * put prefixes into `~/Games`.
 */
export function lutrisPlaces(folders: UserFolders, games: readonly Game[]): LauncherPlaces {
    const unreadable: Unreadable[] = [];
    const found = (["data", "config"] as const)
        .flatMap((kind) => launcherFolders(folders, kind, "lutris", "net.lutris.Lutris"))
        .flatMap((root) => filesOf(join(root, "games"), ".yml"))
        .map((via) => {
            const game = valueAt(readValues(via, unreadable), "game");
            const folder = pathFrom(valueAt(game, "prefix"), folders.home);
            const prefix = folder === null ? null : prefixAt(folder);
            const program = programFrom(valueAt(game, "exe"), prefix, folders.home);
            const places = program === null ? [] : placesOfProgram(program, games, { via, prefix });
            return { prefix, places };
        });
    const prefixes = [...found.flatMap(({ prefix }) => prefix ?? []), ...prefixesIn(join(folders.home, "Games"))];
    return { places: found.flatMap(({ places }) => places), unreadable, prefixes: [...new Set(prefixes)] };
}

/** A program is named by its full path, or by one in the prefix. */
function programFrom(value: unknown, prefix: string | null, home: string): string | null {
    const isRelative = typeof value === "string" && !isAbsolute(value) && !value.startsWith("~");
    return isRelative && prefix !== null ? pathFrom(join(prefix, value), home) : pathFrom(value, home);
}
