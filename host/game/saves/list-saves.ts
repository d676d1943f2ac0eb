import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../errors.js";
import { modificationTime, readSave, saveFile } from "./read-save.js";
import { type BrokenSave, type ListedSave, SaveError } from "./save.js";
import { findSavesFolders } from "./saves-folders.js";

/**
 * Lists the saved games of a folder, `*.fos` in any case of letters, newest first: by the time they were written, then
 * by their numbers. A file that can't be read is listed with its problem.
 *
 * @param folder default: the game's own, see {@link findSavesFolders}
 * @throws UserError NO_SAVES_FOLDER
 */
export async function listSaves(folder: string = findSavesFolders()[0]): Promise<ListedSave[]> {
    const full = path.resolve(folder);
    const names = (await readFolder(full)).filter((name) => /\.fos$/i.test(name));
    const saves: ListedSave[] = [];
    for (const name of names) {
        saves.push(await listSave(path.join(full, name)));
    }
    return saves.sort(newestFirst);
}

async function readFolder(folder: string): Promise<string[]> {
    try {
        return await readdir(folder);
    } catch (cause) {
        throw new UserError(
            "NO_SAVES_FOLDER",
            `The folder of saves ${folder} can't be read: ${(cause as Error).message}.`,
            "Name a folder that holds saved games (*.fos): poolnv saves FOLDER",
            { cause },
        );
    }
}

async function listSave(file: string): Promise<ListedSave> {
    try {
        return await readSave(file);
    } catch (error) {
        if (error instanceof SaveError) {
            return describeBroken(file, error);
        }
        throw error;
    }
}

async function describeBroken(file: string, problem: SaveError): Promise<BrokenSave> {
    const stats = await lstat(file).catch(() => null);
    return {
        ...(await saveFile(file)),
        sizeBytes: stats?.size ?? null,
        modifiedAt: stats === null ? null : modificationTime(stats),
        problem,
    };
}

function newestFirst(one: ListedSave, other: ListedSave): number {
    const timeOf = ({ modifiedAt }: ListedSave) => modifiedAt?.getTime() ?? Number.MIN_SAFE_INTEGER;
    const numberOf = (save: ListedSave) => ("problem" in save ? -1 : save.number);
    return timeOf(other) - timeOf(one) || numberOf(other) - numberOf(one) || (one.name < other.name ? -1 : 1);
}
