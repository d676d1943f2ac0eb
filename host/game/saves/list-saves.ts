import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../errors.js";
import { fullPath, pathText, systemPath } from "../../files/path-bytes.js";
import { isFile } from "../../files/read-file.js";
import { describeSystemError, isSystemError } from "../../files/system-error.js";
import { decodeSaves, type UndecodedSave } from "./decode-saves.js";
import { type FilesBeside, filesBeside } from "./files-beside.js";
import { modificationTime, openSave, saveFile, type SaveReading } from "./read-save.js";
import { type BrokenSave, type ListedSave, SaveError } from "./save.js";
import { readRawHeader } from "./save-header.js";
import { findSavesFolders } from "./saves-folders.js";

/**
 * Lists the saved games of a folder, `*.fos` in any case of letters, newest first: by the time they were written, then
 * by their numbers. A file that can't be read is listed with its problem.
 *
 * @param folder also the path of one save; default: the game's own, see {@link findSavesFolders}
 * @throws UserError NO_SAVES_FOLDER
 */
export async function listSaves(
    folder: string = findSavesFolders()[0],
    { encoding = "auto" }: SaveReading = {},
): Promise<ListedSave[]> {
    const full = fullPath(folder);
    const isOne = isSaveFile(full);
    const names = isOne ? [path.basename(full)] : await readFolder(full);
    const place = isOne ? path.dirname(full) : full;
    const beside = isOne ? filesBeside(place) : filesBeside(place, names);
    const found: (UndecodedSave | BrokenSave)[] = [];
    for (const name of names.filter(isSaveName)) {
        found.push(await readListed(path.join(place, name), beside));
    }
    return (await decodeSaves(found, encoding)).sort(newestFirst);
}

/** True for a file that is named like a save. */
export function isSaveFile(file: string): boolean {
    return isSaveName(file) && isFile(file);
}

function isSaveName(name: string): boolean {
    return /\.fos$/i.test(name);
}

async function readFolder(folder: string): Promise<string[]> {
    try {
        return (await readdir(systemPath(folder), { encoding: "buffer" })).map(pathText);
    } catch (cause) {
        throw new UserError(
            "NO_SAVES_FOLDER",
            `The folder of saves ${folder} can't be read: ${isSystemError(cause) ? describeSystemError(cause) : String(cause)}.`,
            "Name a folder that holds saved games (*.fos): poolnv saves FOLDER",
            { cause },
        );
    }
}

async function readListed(file: string, beside: FilesBeside): Promise<UndecodedSave | BrokenSave> {
    try {
        return await openSave(file, async (bytes, facts) => ({ facts, raw: await readRawHeader(bytes) }), beside);
    } catch (error) {
        if (error instanceof SaveError) return describeBroken(file, error, beside);
        throw error;
    }
}

async function describeBroken(file: string, problem: SaveError, beside: FilesBeside): Promise<BrokenSave> {
    const stats = await lstat(systemPath(file)).catch(() => null);
    const backup = beside(`${path.basename(file)}.bak`);
    return {
        ...saveFile(file, beside),
        sizeBytes: stats?.size ?? null,
        modifiedAt: stats === null ? null : modificationTime(stats),
        problem: new SaveError(problem.code as "BAD_SAVE", file, problem.reason, { cause: problem }, backup),
    };
}

function newestFirst(one: ListedSave, other: ListedSave): number {
    const timeOf = ({ modifiedAt }: ListedSave) => modifiedAt?.getTime() ?? Number.MIN_SAFE_INTEGER;
    const numberOf = (save: ListedSave) => ("problem" in save ? -1 : save.number);
    return timeOf(other) - timeOf(one) || numberOf(other) - numberOf(one) || (one.name < other.name ? -1 : 1);
}
