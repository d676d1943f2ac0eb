import filenamify from "filenamify";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";

import { cannotBeWritten, notWritable } from "../../files/not-writable.js";
import { writeNamedFile } from "../../files/write-named-file.js";
import { readScreenshot } from "./read-save.js";
import type { Save } from "./save.js";
import { SaveError } from "./save-error.js";
import { screenshotPng } from "./screenshot-png.js";

/** What became of the pictures of some saves. */
export interface ExportedScreenshots {
    /** Full path of each picture, by the file of its save. Saves without a picture are not in it. */
    readonly written: ReadonlyMap<string, string>;
    /** Saves that could be read when they were listed, and then no more. */
    readonly problems: readonly SaveError[];
}

/**
 * Writes the pictures of saves into a folder as PNG files, each named like its save. The folder is made where there is
 * none. A file is written only where there is none: nothing is followed that may have been put there.
 *
 * @param overwrite whether what is there already is removed before; otherwise that is an error
 * @throws UserError FILE_EXISTS, FILE_NOT_WRITABLE
 */
export async function exportScreenshots(
    saves: readonly Save[],
    folder: string,
    overwrite: boolean,
): Promise<ExportedScreenshots> {
    const full = path.resolve(folder);
    await mkdir(full, { recursive: true }).catch((error: unknown) => {
        throw cannotBeWritten(full, error, REMEDIES.place);
    });
    const written = new Map<string, string>();
    const problems: SaveError[] = [];
    const taken = new Set<string>();
    for (const save of saves) {
        const picture = await readScreenshot(save.file).catch((error: unknown) => {
            if (!(error instanceof SaveError)) {
                throw error;
            }
            problems.push(error);
            return null;
        });
        if (picture !== null) {
            const file = path.join(full, pictureName(save.name, taken));
            await write(file, screenshotPng(picture), overwrite);
            written.set(save.file, file);
        }
    }
    return { written, problems };
}

/** Two saves whose names become the same get a number behind them. */
function pictureName(saveName: string, taken: Set<string>): string {
    const base = filenamify(saveName, { replacement: "_" });
    let name = base;
    for (let number = 2; taken.has(name.toLowerCase()); number++) {
        name = `${base} (${number})`;
    }
    taken.add(name.toLowerCase());
    return `${name}.png`;
}

async function write(file: string, png: Uint8Array, overwrite: boolean): Promise<void> {
    try {
        if (overwrite) {
            await rm(file, { force: true });
        }
        await writeNamedFile(file, png, false);
    } catch (error) {
        throw notWritable(file, error, REMEDIES);
    }
}

const REMEDIES = {
    exists: "Name another folder, or overwrite what is there with --force.",
    place: "Name a folder that you may write to: poolnv saves --screenshots FOLDER",
};
