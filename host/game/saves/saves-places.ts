import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { findIgnoringCase } from "../../process/find-ignoring-case.js";
import { gamePrefixes } from "../steam/game-prefixes.js";

/** What decides where the game keeps its saves; what is not given is that of this process. */
export interface SavesSearch {
    /** Wine prefix of the game; then no other place is looked at. */
    winePrefix?: string;
    /** Environment that names places. */
    env?: NodeJS.ProcessEnv;
    /** System whose usual places are looked at. */
    platform?: NodeJS.Platform;
}

/** A place that may hold saves. */
export interface SavesPlace {
    /** The place for people, with `*` where any name would do. */
    readonly pattern: string;
    /** What there is of it. */
    find(): string[];
}

/** Where the game may keep its saves, the likeliest first. */
export function savesPlaces({ winePrefix, env = process.env, platform = process.platform }: SavesSearch): SavesPlace[] {
    if (winePrefix !== undefined) {
        return [inPrefix(winePrefix)];
    }
    if (platform === "win32") {
        return windowsFolders(env).map(inDocuments);
    }
    const home = env["HOME"] || homedir();
    const chosen = env["WINEPREFIX"];
    return [...(chosen ? [chosen] : []), ...gamePrefixes(home), join(home, ".wine")].map(inPrefix);
}

const BELOW_DOCUMENTS = ["My Games", "FalloutNV", "Saves"];

/** OneDrive may have taken the documents over. */
function windowsFolders(env: NodeJS.ProcessEnv): string[] {
    const home = env["USERPROFILE"] || homedir();
    const folders = [home, env["OneDrive"], env["OneDriveConsumer"], env["OneDriveCommercial"]];
    return [...new Set(folders.filter((folder) => folder !== undefined && folder !== ""))] as string[];
}

function inDocuments(folder: string): SavesPlace {
    const place = join(folder, "Documents", ...BELOW_DOCUMENTS);
    return { pattern: place, find: () => [place] };
}

/** Wine has a folder for every user; older versions say My Documents, as Windows XP did. */
function inPrefix(prefix: string): SavesPlace {
    const users = join(prefix, "drive_c", "users");
    const documents = ["Documents", "My Documents"];
    return {
        pattern: join(users, "*", "Documents", ...BELOW_DOCUMENTS),
        find: () =>
            usersIn(users)
                .flatMap((user) => documents.map((name) => findIgnoringCase(user, [name, ...BELOW_DOCUMENTS])))
                .filter((found) => found !== null),
    };
}

function usersIn(folder: string): string[] {
    try {
        return readdirSync(folder).map((name) => join(folder, name));
    } catch {
        return []; // no prefix, or closed to us
    }
}
