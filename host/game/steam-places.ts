import { basename, join } from "node:path";

import { isFolder } from "../files/is-folder.js";
import { UnreadableFile } from "../files/read-small-file.js";
import { GAME_APP } from "./steam/game-app.js";
import { gamePrefix } from "./steam/game-prefixes.js";
import { readKeyValues } from "./steam/key-values.js";
import { librariesOf } from "./steam/libraries.js";
import { joinPlaces, type GamePlace, type Places } from "./found-game.js";

/** A Steam: where it is, and how its games run. */
export interface SteamAt {
    readonly root: string;
    /** The Wine prefix in which the games of a library run; null: in none that is known. */
    readonly prefixFor: (library: string) => string | null;
    /** Turns a path as this Steam writes it into one of this system. */
    readonly toOurs?: (path: string) => string | null;
}

/** Where the game is in the libraries of one Steam. */
export function steamPlaces({ root, prefixFor, toOurs }: SteamAt): Places {
    const { folders, unreadable } = librariesOf(root, toOurs);
    return joinPlaces([
        { places: [], unreadable },
        ...folders.map((library) => inLibrary(library, prefixFor(library))),
    ]);
}

/** Steam writes a manifest for each game of a library. A folder without one is what an uninstalled game left, or a copy. */
function inLibrary(library: string, prefix: string | null): Places {
    const manifest = join(library, "steamapps", `appmanifest_${GAME_APP}.acf`);
    const at = (name: string, via: string, promised: boolean): GamePlace => ({
        folder: join(library, "steamapps", "common", name),
        store: "steam",
        via,
        prefix,
        promised,
    });
    const usual = at(USUAL_NAME, `Steam's library ${library}`, false);
    try {
        const state = readKeyValues(manifest)?.get("appstate");
        if (state === undefined) return { places: [usual], unreadable: [] };
        const name = typeof state === "string" ? undefined : state.get("installdir");
        if (typeof name !== "string" || !isPlainName(name))
            throw new UnreadableFile(manifest, "it names no folder of the game");
        return { places: [at(name, manifest, true), usual], unreadable: [] };
    } catch (error) {
        if (!(error instanceof UnreadableFile)) throw error;
        return { places: [usual], unreadable: [{ path: error.file, reason: error.reason }] };
    }
}

const USUAL_NAME = "Fallout New Vegas";

/** The prefix that Proton has made beside the games of a library; null where none was made yet. */
export function protonPrefix(library: string): string | null {
    const prefix = gamePrefix(library);
    return isFolder(prefix) ? prefix : null;
}

/** One name: a manifest has no say over folders outside of its library. */
function isPlainName(name: string): boolean {
    return basename(name) === name && !/[\\/\0]/.test(name) && name !== "" && name !== "." && name !== "..";
}
