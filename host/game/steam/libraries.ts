import { join } from "node:path";
import type { Game, SteamGame } from "../../../shared/games/game.js";
import { isFolder } from "../../files/read-file.js";
import { UnreadableFile } from "../../files/system-error.js";
import type { Unreadable } from "../found-game.js";
import { readKeyValues } from "./key-values.js";

/** Library folders of one Steam: its own folder first, then those on other disks and memory cards. */
export interface Libraries {
    readonly folders: string[];
    readonly unreadable: Unreadable[];
}

/**
 * Reads the list of a Steam's libraries. Its own folder is one, whatever the list says.
 *
 * @param root Steam's own folder
 * @param toUnix turns a path as Steam writes it into one of this system; null: there is no such place
 */
export function librariesOf(root: string, toUnix: (path: string) => string | null = (path) => path): Libraries {
    const folders = [root];
    const unreadable: Unreadable[] = [];
    for (const list of [join(root, "steamapps", "libraryfolders.vdf"), join(root, "config", "libraryfolders.vdf")]) {
        try {
            folders.push(...pathsIn(list).flatMap((path) => toUnix(path) ?? []));
        } catch (error) {
            if (!(error instanceof UnreadableFile)) throw error;
            unreadable.push({ path: list, reason: error.reason });
        }
    }
    return { folders: [...new Set(folders)], unreadable };
}

/** The prefixes that Proton made for a game, in every library; the first also if it does not exist, for messages. */
export function protonPrefixes(home: string, { steam }: Game): string[] {
    if (steam === null) return [];
    const libraries = linuxSteamRoots(home).flatMap((root) => librariesOf(root).folders);
    return [...new Set(libraries)]
        .map((library) => prefixInLibrary(library, steam))
        .filter((prefix, index) => index === 0 || isFolder(prefix));
}

/** The prefix in which Proton runs a game of this library. */
export function prefixInLibrary(library: string, { app }: SteamGame): string {
    return join(library, "steamapps", "compatdata", app, "pfx");
}

/** Where Steam's own folder may be on Linux: the usual one, its link, Debian's, the Flatpak's, the Snap's. */
export function linuxSteamRoots(home: string): string[] {
    return [
        ".local/share/Steam",
        ".steam/steam",
        ".steam/debian-installation",
        ".var/app/com.valvesoftware.Steam/.local/share/Steam",
        "snap/steam/common/.local/share/Steam",
    ].map((folder) => join(home, folder));
}

/** Each library is an object with a `path`; before 2021 it was the path alone, under a number. */
function pathsIn(list: string): string[] {
    const libraries = readKeyValues(list)?.get("libraryfolders");
    if (libraries === undefined || typeof libraries === "string") return [];
    return [...libraries].flatMap(([key, value]) => {
        const path = typeof value === "string" ? (/^\d+$/.test(key) ? value : undefined) : value.get("path");
        return typeof path === "string" && path !== "" && !path.includes("\0") ? [path] : [];
    });
}
