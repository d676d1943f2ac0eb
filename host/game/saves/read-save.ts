import { readHeaderFields } from "./header-fields.js";
import { openSave } from "./open-save.js";
import { readPluginNames } from "./plugin-names.js";
import type { Save, SaveHeader, Screenshot } from "./save.js";
import type { SaveBytes } from "./save-bytes.js";
import { pixelBytes } from "./screenshot-size.js";

/**
 * Reads the header of a saved game: player, level, location, play time, number, size of the picture, plugins. Takes a
 * few reads of a few KB, however large the file is or says it is. A link is followed; what is no regular file is not
 * opened.
 *
 * @throws UserError BAD_SAVE when it is no save or a damaged one, SAVE_NOT_READABLE when the system does not let us
 */
export async function readSave(file: string): Promise<Save> {
    return openSave(file, async (bytes, facts) => ({ ...facts, ...(await readHeader(bytes)) }));
}

/**
 * Reads the picture of a saved game, 12 MB at most; null where there is none.
 *
 * @throws UserError BAD_SAVE, SAVE_NOT_READABLE
 */
export async function readScreenshot(file: string): Promise<Screenshot | null> {
    return openSave(file, async (bytes) => {
        const { screenshot } = await readHeaderFields(bytes);
        if (screenshot === null) {
            return null;
        }
        const count = pixelBytes(screenshot);
        await bytes.expect(count, PICTURE); // before any memory is taken for it
        return { ...screenshot, pixels: await bytes.take(count, PICTURE) };
    });
}

/**
 * Reads what stands in front of the picture and behind it.
 *
 * @throws UserError BAD_SAVE
 */
export async function readHeader(bytes: SaveBytes): Promise<SaveHeader> {
    const fields = await readHeaderFields(bytes);
    const count = pixelBytes(fields.screenshot);
    await bytes.expect(count, PICTURE);
    bytes.skip(count);
    return { ...fields, plugins: await readPluginNames(bytes) };
}

const PICTURE = "its picture";
