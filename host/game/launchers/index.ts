import type { Game } from "../../../shared/games/game.js";
import { joinPlaces } from "../found-game.js";
import { bottlesPlaces } from "./bottles.js";
import { heroicPlaces } from "./heroic.js";
import { type LauncherPlaces, userFolders } from "./launcher-files.js";
import { lutrisPlaces } from "./lutris.js";

/** What the launchers of this user know on Linux: Heroic, Lutris and Bottles, also as Flatpaks. */
export function launcherPlaces(env: NodeJS.ProcessEnv, home: string, games: readonly Game[]): LauncherPlaces {
    const folders = userFolders(env, home);
    const found = [heroicPlaces, lutrisPlaces, bottlesPlaces].map((placesOf) => placesOf(folders, games));
    return { ...joinPlaces(found), prefixes: [...new Set(found.flatMap(({ prefixes }) => prefixes))] };
}
