import { realpathSync } from "node:fs";
import { join } from "node:path";

import { UnreadableFile } from "../files/read-small-file.js";
import { keysInPrefix } from "./registry/prefix-registry.js";
import { findIgnoringCase } from "../process/find-ignoring-case.js";
import { pathInPrefix } from "../process/wine.js";
import { type GamePlace, joinPlaces, type Places } from "./found-game.js";
import { folderIn, gameKeys, type InstallKey, steamKeys } from "./registry-places.js";
import { steamPlaces } from "./steam-places.js";

/** Where the game is in a Wine prefix, by its registry and by the usual folders of its drive C. */
export function prefixPlaces(prefix: string): Places {
    try {
        const toOurs = (path: string) => withoutDriveLink(pathInPrefix(prefix, path));
        const steams = steamKeys.flatMap((key) => namedBy(prefix, key)).flatMap((path) => toOurs(path) ?? []);
        const named = gameKeys.flatMap((key) =>
            namedBy(prefix, key).map((path): GamePlace => {
                const via = `the registry of ${prefix}, ${key.paths.at(-1)}`;
                // What is not there is told by the name that the registry has for it.
                return { folder: toOurs(path) ?? path, store: key.store, via, prefix, promised: true };
            }),
        );
        return joinPlaces([
            { places: named, unreadable: [] },
            ...[...new Set(steams)].map((root) => steamPlaces({ root, prefixFor: () => prefix, toOurs })),
            { places: usualPlaces(prefix), unreadable: [] },
        ]);
    } catch (error) {
        if (!(error instanceof UnreadableFile)) throw error;
        return { places: usualPlaces(prefix), unreadable: [{ path: error.file, reason: error.reason }] };
    }
}

/** The drives of a prefix are links, by whose names nobody knows a folder. */
function withoutDriveLink(path: string | null): string | null {
    try {
        return path === null ? null : realpathSync(path);
    } catch {
        return path; // a part of the way is closed to us
    }
}

function namedBy(prefix: string, key: InstallKey): string[] {
    const keys = keysInPrefix(prefix, key.hive === "HKLM" ? "system.reg" : "user.reg", key.paths);
    return [...keys.values()].flatMap((values) => folderIn(values, key) ?? []);
}

/** Folders below drive C that installers offer. */
export const usualFolders: readonly (readonly string[])[] = [
    ["GOG Games", "Fallout New Vegas"],
    ["Games", "Fallout New Vegas"],
    ["Program Files (x86)", "GOG Galaxy", "Games", "Fallout New Vegas"],
    ["Program Files (x86)", "Steam", "steamapps", "common", "Fallout New Vegas"],
    ["Program Files (x86)", "Bethesda Softworks", "Fallout New Vegas"],
    ["Program Files", "Bethesda Softworks", "Fallout New Vegas"],
];

function usualPlaces(prefix: string): GamePlace[] {
    return usualFolders.flatMap((names) => {
        const folder = findIgnoringCase(join(prefix, "drive_c"), names);
        const via = `a usual place in ${prefix}`;
        return folder === null ? [] : [{ folder, store: "unknown" as const, via, prefix, promised: false }];
    });
}
