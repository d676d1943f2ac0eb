import type { FileHandle } from "node:fs/promises";
import { notWritable } from "../../files/not-writable.js";
import { replaceNamedFile } from "../../files/replace-named-file.js";
import { openNamedFile } from "../../files/write-named-file.js";
import type { TextDestination } from "./csv-output.js";

/**
 * Opens a file for samples. Each is in it as soon as it was taken, whatever becomes of us.
 *
 * @param overwrite whether a file that is there may be emptied
 * @throws UserError FILE_EXISTS, FILE_NOT_WRITABLE
 */
export async function growingFile(file: string, overwrite: boolean): Promise<TextDestination> {
    const handle = await openNamedFile(file, overwrite).catch((cause: unknown) => {
        throw notWritable(file, cause);
    });
    return { write: (text) => append(handle, text, file), isHeard: () => true, close: () => handle.close() };
}

/**
 * Puts a text in the place of a file's content, in one step.
 *
 * @throws UserError FILE_NOT_WRITABLE
 */
export async function replaceSamples(file: string, text: string): Promise<void> {
    await replaceNamedFile(file, text).catch((cause: unknown) => {
        throw notWritable(file, cause);
    });
}

async function append(handle: FileHandle, text: string, file: string): Promise<void> {
    await handle.appendFile(text).catch((cause: unknown) => {
        throw notWritable(file, cause);
    });
}
