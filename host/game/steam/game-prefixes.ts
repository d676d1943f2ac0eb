import { join } from "node:path";

import { isFolder } from "../../files/is-folder.js";
import { GAME_APP } from "./game-app.js";
import { librariesOf } from "./libraries.js";
import { linuxSteamRoots } from "./steam-roots.js";

/** Prefixes that Steam's Proton made for the game, in every library of Steam; the usual one also where it is not there. */
export function gamePrefixes(home: string): string[] {
    const libraries = linuxSteamRoots(home).flatMap((root) => librariesOf(root).folders);
    return [...new Set(libraries)].map(gamePrefix).filter((prefix, index) => index === 0 || isFolder(prefix));
}

/** The prefix in which Proton runs the game when it is in this library. */
export function gamePrefix(library: string): string {
    return join(library, "steamapps", "compatdata", GAME_APP, "pfx");
}
