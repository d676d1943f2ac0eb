import { closeSync, read, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { openRegularFile } from "../../files/read-file.js";
import { describeSystemError, isSystemError, UnreadableFile } from "../../files/system-error.js";
import { type Save, SaveError, type SaveFile, type Screenshot } from "./save.js";
import { type ByteSource, SaveBytes } from "./save-bytes.js";
import { pixelBytes, readHeader, readHeaderFields } from "./save-header.js";

/**
 * Reads the header of a saved game: player, level, location, time played, number, size of the screenshot, plugins. Takes
 * a few reads of a few KB, whatever the size of the file. Follows a link; opens only a regular file.
 *
 * @throws UserError BAD_SAVE for a file that is no save or a damaged one, SAVE_NOT_READABLE
 */
export async function readSave(file: string): Promise<Save> {
    return openSave(file, async (bytes, facts) => ({ ...facts, ...(await readHeader(bytes)) }));
}

/**
 * Reads the screenshot of a saved game, 12 MB at most; null if it has none.
 *
 * @throws UserError BAD_SAVE, SAVE_NOT_READABLE
 */
export async function readScreenshot(file: string): Promise<Screenshot | null> {
    return openSave(file, async (bytes) => {
        const { screenshot } = await readHeaderFields(bytes);
        if (screenshot === null) return null;
        const count = pixelBytes(screenshot);
        await bytes.expect(count, "its picture"); // before memory is allocated for it
        return { ...screenshot, pixels: await bytes.take(count, "its picture") };
    });
}

type FileFacts = Pick<Save, "file" | "name" | "hasCoSave" | "sizeBytes" | "modifiedAt">;

/**
 * Opens a save for the time of a call.
 *
 * @throws UserError SAVE_NOT_READABLE; what `use` throws
 */
export async function openSave<T>(file: string, use: (bytes: SaveBytes, facts: FileFacts) => Promise<T>): Promise<T> {
    const full = path.resolve(file);
    try {
        const { handle, stats } = openRegularFile(full);
        try {
            const facts = { sizeBytes: stats.size, modifiedAt: modificationTime(stats) };
            const source: ByteSource = { read: (...args) => readFrom(handle, ...args) };
            return await use(new SaveBytes(source, full), { ...(await saveFile(full)), ...facts });
        } finally {
            closeSync(handle);
        }
    } catch (error) {
        if (error instanceof UnreadableFile) {
            throw new SaveError("SAVE_NOT_READABLE", full, error.reason, { cause: error });
        }
        throw isSystemError(error)
            ? new SaveError("SAVE_NOT_READABLE", full, describeSystemError(error), { cause: error })
            : error;
    }
}

/** What can be said about a save without opening it. */
export async function saveFile(full: string): Promise<SaveFile> {
    const { dir, name } = path.parse(full);
    const coSave = await stat(path.join(dir, `${name}.nvse`)).catch(() => null);
    return { file: full, name, hasCoSave: coSave?.isFile() === true };
}

/** When a file was last written. A file system can hold times that a Date can't. */
export function modificationTime({ mtimeMs }: Pick<Stats, "mtimeMs">): Date {
    return new Date(Math.min(Math.max(mtimeMs, -lastDateMs), lastDateMs));
}

/** Of ECMAScript. */
const lastDateMs = 8.64e15;

const readFrom = promisify(read);
