import { mkdir } from "node:fs/promises";
import path from "node:path";
import { encode } from "fast-png";
import filenamify from "filenamify";
import { rm } from "../../files/change-files.js";
import { writeNamedFile } from "../../files/named-file.js";
import { cannotBeWritten, notWritable } from "../../files/not-writable.js";
import { fullPath, shownPath, systemPath } from "../../files/path-bytes.js";
import { readScreenshot } from "./read-save.js";
import { type Save, SaveError, type Screenshot } from "./save.js";

/** The result of writing the screenshots of some saves. */
export interface ExportedScreenshots {
    /** Full path of each picture, by the file of its save. Saves without a screenshot are not in it. */
    readonly written: ReadonlyMap<string, string>;
    /** Saves that could be read when they were listed, but not now. */
    readonly problems: readonly SaveError[];
}

/**
 * Writes the screenshots of saves into a folder as PNG files, each named like its save. Creates the folder if necessary.
 * Always creates the files, so no link in the folder is followed.
 *
 * @param overwrite true: removes files of these names first; false: they are an error
 * @throws UserError FILE_EXISTS, FILE_NOT_WRITABLE
 */
export async function exportScreenshots(
    saves: readonly Save[],
    folder: string,
    overwrite: boolean,
): Promise<ExportedScreenshots> {
    const full = fullPath(folder);
    await mkdir(systemPath(full), { recursive: true }).catch((error: unknown) => {
        throw cannotBeWritten(full, error, resolutions.place);
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

/** Saves whose names become the same get a number. */
function pictureName(saveName: string, taken: Set<string>): string {
    const base = filenamify(shownPath(saveName), { replacement: "_" });
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
            await rm(systemPath(file), { force: true });
        }
        await writeNamedFile(file, png, false);
    } catch (error) {
        throw notWritable(file, error, resolutions);
    }
}

const resolutions = {
    exists: "Name another folder, or overwrite the files with --force.",
    place: "Name a folder that you may write to: poolnv saves --screenshots FOLDER",
};

/** A screenshot as a PNG file, RGB with 8 bits per colour. */
export function screenshotPng({ width, height, pixels }: Screenshot): Uint8Array {
    return encode({ width, height, data: pixels, depth: 8, channels: 3 });
}

/** Shrinks a screenshot to a maximal width by averaging squares of pixels. */
export function shrinkScreenshot(picture: Screenshot, maxWidth: number): Screenshot {
    const { width, height, pixels } = picture;
    const step = Math.ceil(width / maxWidth);
    if (step <= 1) return picture;
    const small = { width: Math.floor(width / step), height: Math.max(1, Math.floor(height / step)) };
    const shrunk = new Uint8Array(small.width * small.height * 3);
    for (let at = 0; at < shrunk.length; at++) {
        const column = Math.floor(at / 3) % small.width;
        const row = Math.floor(at / 3 / small.width);
        const rows = Math.min(step, height - row * step);
        let sum = 0;
        for (let down = 0; down < rows; down++) {
            for (let across = 0; across < step; across++) {
                sum += pixels[((row * step + down) * width + column * step + across) * 3 + (at % 3)]!;
            }
        }
        shrunk[at] = Math.round(sum / (rows * step));
    }
    return { ...small, pixels: shrunk };
}
