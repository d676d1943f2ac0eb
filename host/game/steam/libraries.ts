import { join } from "node:path";

import { UnreadableFile } from "../../files/read-small-file.js";
import { readKeyValues } from "./key-values.js";

/** Something that was looked at and could not be read. */
export interface Unreadable {
    /** What it was. */
    readonly path: string;
    /** Why it could not be read. */
    readonly reason: string;
}

/** The libraries of one Steam: its own folder first, then those on other disks and memory cards. */
export interface Libraries {
    readonly folders: string[];
    readonly unreadable: Unreadable[];
}

/**
 * Reads which libraries a Steam has. Its own folder is one, whatever the list says.
 *
 * @param root Steam's own folder
 * @param toOurs turns a path as Steam writes it into one of this system; null: there is no such place
 */
export function librariesOf(root: string, toOurs: (path: string) => string | null = (path) => path): Libraries {
    const folders = [root];
    const unreadable: Unreadable[] = [];
    for (const list of [join(root, "steamapps", "libraryfolders.vdf"), join(root, "config", "libraryfolders.vdf")]) {
        try {
            folders.push(...pathsIn(list).flatMap((path) => toOurs(path) ?? []));
        } catch (error) {
            if (!(error instanceof UnreadableFile)) throw error;
            unreadable.push({ path: list, reason: error.reason });
        }
    }
    return { folders: [...new Set(folders)], unreadable };
}

/** Each library is an object with its `path`; before 2021 it was the path alone, behind a number. */
function pathsIn(list: string): string[] {
    const libraries = readKeyValues(list)?.get("libraryfolders");
    if (libraries === undefined || typeof libraries === "string") return [];
    return [...libraries].flatMap(([key, value]) => {
        const path = typeof value === "string" ? (/^\d+$/.test(key) ? value : undefined) : value.get("path");
        return typeof path === "string" && path !== "" && !path.includes("\0") ? [path] : [];
    });
}
