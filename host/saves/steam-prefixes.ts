import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { isFolder } from "./is-folder.js";

/** Fallout: New Vegas at Steam. */
const APP = "22380";

/** Prefixes that Steam's Proton made for the game, in every library of Steam; the usual one also where it is not there. */
export function gamePrefixes(home: string): string[] {
    const roots = steamFolders.map((folder) => join(home, folder));
    const libraries = roots.flatMap((root) => [root, ...librariesOf(root)]);
    return [...new Set(libraries)]
        .map((library) => join(library, "steamapps", "compatdata", APP, "pfx"))
        .filter((prefix, index) => index === 0 || isFolder(prefix));
}

/** Steam's own folder, that of its Flatpak, that of its Snap. */
const steamFolders = [
    ".local/share/Steam",
    ".steam/steam",
    ".var/app/com.valvesoftware.Steam/.local/share/Steam",
    "snap/steam/common/.local/share/Steam",
];

/** Far more than a list of libraries takes. */
const MAX_LIST_BYTES = 1_048_576;

/** Steam lists its libraries in a file of `"key" "value"` lines, in which a backslash stands twice. */
function librariesOf(root: string): string[] {
    const list = join(root, "steamapps", "libraryfolders.vdf");
    try {
        const stats = statSync(list);
        if (!stats.isFile() || stats.size > MAX_LIST_BYTES) {
            return [];
        }
        const paths = readFileSync(list, "utf8").matchAll(/^\s*"path"\s+"(.+)"\s*$/gim);
        return [...paths].map(([, path]) => path!.replaceAll("\\\\", "\\"));
    } catch {
        return []; // no Steam there
    }
}
