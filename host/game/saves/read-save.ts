import { closeSync, read, type Stats } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { fullPath } from "../../files/path-bytes.js";
import { isFile, openRegularFile } from "../../files/read-file.js";
import { describeSystemError, isSystemError, UnreadableFile } from "../../files/system-error.js";
import { type FilesBeside, filesBeside } from "./files-beside.js";
import { type Save, SaveError, type SaveFile, type Screenshot } from "./save.js";
import { type ByteSource, SaveBytes } from "./save-bytes.js";
import { pixelBytes, readHeader, readHeaderFields } from "./save-header.js";

/**
 * Reads the header of a saved game: player, level, location, time played, number, size of the screenshot, plugins. Takes
 * a few reads of a few KB, whatever the size of the file. Follows a link; opens only a regular file.
 *
 * @throws UserError BAD_SAVE for a file that is no save or a damaged one, SAVE_NOT_READABLE
 */
export async function readSave(file: string, { encoding }: SaveReading = {}): Promise<Save> {
    return openSave(file, async (bytes, facts) => ({ ...facts, ...(await readHeader(bytes, encoding)) }));
}

/** How saves are read. */
export interface SaveReading {
    /** Encoding of their texts: a name that iconv-lite knows, such as `gbk`. Default `auto`: detected, see `Save.encoding`. */
    readonly encoding?: string | undefined;
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

/** What is known of an open save besides its header. */
export type FileFacts = Pick<Save, "file" | "name" | "hasCoSave" | "sizeBytes" | "modifiedAt">;

/**
 * Opens a save for the time of a call.
 *
 * @param beside the files of its folder, if they are known
 * @throws UserError SAVE_NOT_READABLE; what `use` throws
 */
export async function openSave<T>(
    file: string,
    use: (bytes: SaveBytes, facts: FileFacts) => Promise<T>,
    beside?: FilesBeside,
): Promise<T> {
    const full = fullPath(file);
    try {
        const { handle, stats } = openRegularFile(full);
        try {
            const facts = { sizeBytes: stats.size, modifiedAt: modificationTime(stats) };
            const source: ByteSource = { read: (...args) => readFrom(handle, ...args) };
            return await use(new SaveBytes(source, full), { ...saveFile(full, beside), ...facts });
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
export function saveFile(full: string, beside: FilesBeside = filesBeside(path.dirname(full))): SaveFile {
    const { name } = path.parse(full);
    const coSave = beside(`${name}.nvse`);
    return { file: full, name, hasCoSave: coSave !== null && isFile(coSave) };
}

/** When a file was last written. A file system can hold times that a Date can't. */
export function modificationTime({ mtimeMs }: Pick<Stats, "mtimeMs">): Date {
    return new Date(Math.min(Math.max(mtimeMs, -lastDateMs), lastDateMs));
}

/** Of ECMAScript. */
const lastDateMs = 8.64e15;

const readFrom = promisify(read);
