import { join } from "node:path";
import type { Game } from "../../../shared/games/game.js";
import type { Unreadable } from "../found-game.js";
import {
    launcherFolders,
    type LauncherPlaces,
    pathFrom,
    placesOfProgram,
    prefixesIn,
    readValues,
    type UserFolders,
    valueAt,
    valuesOf,
} from "./launcher-files.js";

/** The bottles of Bottles, which are Wine prefixes, and the programs that were added to them. */
export function bottlesPlaces(folders: UserFolders, games: readonly Game[]): LauncherPlaces {
    const unreadable: Unreadable[] = [];
    const roots = launcherFolders(folders, "data", "bottles", "com.usebottles.bottles");
    const prefixes = roots.flatMap((root) => {
        const custom = pathFrom(
            valueAt(readValues(join(root, "data.yml"), unreadable), "custom_bottles_path"),
            folders.home,
        );
        return [join(root, "bottles"), ...(custom === null ? [] : [custom])].flatMap(prefixesIn);
    });
    const places = [...new Set(prefixes)].flatMap((prefix) => {
        const via = join(prefix, "bottle.yml");
        return valuesOf(valueAt(readValues(via, unreadable), "External_Programs")).flatMap((program) => {
            const path = pathFrom(valueAt(program, "path"), folders.home);
            return path === null ? [] : placesOfProgram(path, games, { via, prefix });
        });
    });
    return { places, unreadable, prefixes: [...new Set(prefixes)] };
}
