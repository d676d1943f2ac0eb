import { join } from "node:path";
import { parse } from "ini";
import { bytesPerMb } from "../../../shared/bytes.js";
import type { Game } from "../../../shared/games/game.js";
import { namesIn } from "../../files/path-bytes.js";
import { isFolder, readSmallFile } from "../../files/read-file.js";
import { UnreadableFile } from "../../files/system-error.js";
import { findIgnoringCase } from "../../process/find-ignoring-case.js";
import { decodeText, usualEncoding } from "./text-encoding.js";

/**
 * The folders of saves below a user's documents, the one in use first: that which the game's settings file names, where Vortex
 * puts the saves of its profile, then the usual one, then those of other profiles.
 *
 * @param saves the usual one
 */
export function savesBelow(documents: string, saves: readonly string[], { savesElsewhere }: Game): string[] {
    const parent = findIgnoringCase(documents, saves.slice(0, -1));
    if (parent === null) return [];
    const usual = findIgnoringCase(parent, saves.slice(-1));
    const named = savesElsewhere === null ? null : namedFolder(parent, savesElsewhere);
    const found = [named, usual].flatMap((folder) => folder ?? []);
    const others = usual === null ? [] : foldersIn(usual).filter(hasSaves);
    return [...new Set([...found, ...others])].filter(isFolder);
}

/** The folders of saves that belong to profiles of Mod Organizer 2, in its instances below `AppData/Local`. */
export function modOrganizerSaves(local: string, { savesElsewhere }: Game): string[] {
    const instances = findIgnoringCase(local, ["ModOrganizer"]);
    if (instances === null || savesElsewhere === null) return [];
    return foldersIn(instances)
        .filter((instance) => {
            const name = settingIn(join(instance, "ModOrganizer.ini"), "General", "gameName");
            return name !== null && savesElsewhere.modOrganizer.includes(name);
        })
        .flatMap((instance) => foldersIn(join(instance, "profiles")))
        .flatMap((profile) => findIgnoringCase(profile, ["saves"]) ?? [])
        .filter(hasSaves);
}

/** The game puts the path behind that of its folder, so it is relative, whatever it says. */
function namedFolder(parent: string, { file, section, setting }: NonNullable<Game["savesElsewhere"]>): string | null {
    const path = findIgnoringCase(parent, [file]);
    const value = path === null ? null : settingIn(path, section, setting);
    const names = value?.split(/[\\/]+/).filter((name) => name !== "" && name !== ".") ?? [];
    const isRelative = names.length > 0 && names.every((name) => !/[:\0]/.test(name));
    return isRelative ? findIgnoringCase(parent, names) : null;
}

/** A setting of an INI file, in any case of letters; null if there is none, or the file can't be read. */
function settingIn(file: string, section: string, setting: string): string | null {
    try {
        const bytes = readSmallFile(file, maxSettingsBytes);
        if (bytes === null) return null;
        const values = valueOf(parse(decodeText(bytes, usualEncoding)), section);
        const value = valueOf(values, setting);
        return typeof value === "string" && value !== "" ? value : null;
    } catch (error) {
        if (error instanceof UnreadableFile) return null;
        throw error;
    }
}

/** Far more than a settings file has. */
const maxSettingsBytes = bytesPerMb;

function valueOf(values: unknown, name: string): unknown {
    if (typeof values !== "object" || values === null) return null;
    return Object.entries(values).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] ?? null;
}

function hasSaves(folder: string): boolean {
    return namesOrNone(folder).some((name) => /\.fos$/i.test(name));
}

function foldersIn(folder: string): string[] {
    return namesOrNone(folder)
        .sort()
        .map((name) => join(folder, name))
        .filter(isFolder);
}

function namesOrNone(folder: string): string[] {
    try {
        return namesIn(folder);
    } catch {
        return []; // none, or not readable
    }
}
