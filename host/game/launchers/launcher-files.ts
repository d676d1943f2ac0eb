import { dirname, join } from "node:path";
import { parse } from "yaml";
import { bytesPerMb } from "../../../shared/bytes.js";
import type { Game } from "../../../shared/games/game.js";
import { namesIn } from "../../files/path-bytes.js";
import { isFolder, readSmallFile } from "../../files/read-file.js";
import { UnreadableFile } from "../../files/system-error.js";
import type { GamePlace, Places, Unreadable } from "../found-game.js";

/** What the files of a launcher say: places of games, and the Wine prefixes in which it runs programs. */
export interface LauncherPlaces extends Places {
    readonly prefixes: readonly string[];
}

/** Folders of one user, in which launchers keep their files. */
export interface UserFolders {
    readonly home: string;
    /** `$XDG_CONFIG_HOME` and `$XDG_DATA_HOME`, or their defaults. */
    readonly config: string;
    readonly data: string;
}

export function userFolders(env: NodeJS.ProcessEnv, home: string): UserFolders {
    return {
        home,
        config: env["XDG_CONFIG_HOME"] || join(home, ".config"),
        data: env["XDG_DATA_HOME"] || join(home, ".local/share"),
    };
}

/** The folders of a launcher in `config` or `data`: the installed one's, and its Flatpak's. */
export function launcherFolders(
    folders: UserFolders,
    kind: "config" | "data",
    name: string,
    flatpak: string,
): string[] {
    return [join(folders[kind], name), join(folders.home, ".var/app", flatpak, kind, name)];
}

/**
 * Values of a JSON or YAML file of a launcher. The file is untrusted: check each value.
 *
 * @param unreadable gets a file that can't be read
 * @returns null if there is none
 */
export function readValues(file: string, unreadable: Unreadable[]): unknown {
    try {
        const text = readSmallFile(file, maxBytes)?.toString("utf8");
        if (text === undefined) return null;
        return file.endsWith(".yml") ? parse(text, { maxAliasCount: 0 }) : JSON.parse(text.replace(/^\ufeff/, ""));
    } catch (error) {
        const reason = error instanceof UnreadableFile ? error.reason : "it is not valid";
        unreadable.push({ path: file, reason });
        return null;
    }
}

/** Far more than a launcher writes about one player's games. */
const maxBytes = 16 * bytesPerMb;

/** A value below an untrusted one; null if there is none. */
export function valueAt(value: unknown, ...keys: readonly string[]): unknown {
    let found = value;
    for (const key of keys) {
        if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return null;
        found = (found as Record<string, unknown>)[key];
    }
    return found ?? null;
}

/** Values of an object or a list that may be none. */
export function valuesOf(value: unknown): unknown[] {
    return typeof value === "object" && value !== null ? Object.values(value) : [];
}

/** A path from an untrusted value; `~` is the home folder. Null if it is no full path. */
export function pathFrom(value: unknown, home: string): string | null {
    if (typeof value !== "string" || value.includes("\0")) return null;
    const path = value.startsWith("~/") ? join(home, value.slice(2)) : value;
    return path.startsWith("/") ? path : null;
}

/** Files of a folder with an ending, as many as a launcher may have of one player. */
export function filesOf(folder: string, ending: string): string[] {
    return entriesOf(folder)
        .filter((name) => name.endsWith(ending))
        .map((name) => join(folder, name));
}

/** Prefixes among the folders of a folder. */
export function prefixesIn(folder: string): string[] {
    return entriesOf(folder).flatMap((name) => prefixAt(join(folder, name)) ?? []);
}

/** The Wine prefix of a folder that a launcher names: Proton keeps it in `pfx`. Null if there is none yet. */
export function prefixAt(folder: string): string | null {
    return [folder, join(folder, "pfx")].find((path) => isFolder(join(path, "drive_c"))) ?? null;
}

/** The place of a program that a launcher starts, if it is in the folder of a game. */
export function placesOfProgram(
    program: string,
    games: readonly Game[],
    { via, prefix }: Pick<GamePlace, "via" | "prefix">,
): GamePlace[] {
    const name = program.slice(program.lastIndexOf("/") + 1).toLowerCase();
    return games
        .filter((game) => programsOf(game).includes(name))
        .map((game) => ({ game, folder: dirname(program), store: "unknown", via, prefix, isListed: false }));
}

function programsOf({ program, steam, scriptExtender }: Game): string[] {
    return [program, steam?.launcher, scriptExtender?.loader].flatMap((name) => name?.toLowerCase() ?? []);
}

function entriesOf(folder: string): string[] {
    try {
        return namesIn(folder).sort().slice(0, mostEntries);
    } catch {
        return []; // no such launcher, or not readable
    }
}

const mostEntries = 500;
