import type { FileHandle } from "node:fs/promises";
import { openNamedFile, replaceNamedFile } from "../../files/named-file.js";
import { notWritable } from "../../files/not-writable.js";
import type { TextDestination } from "./csv-output.js";

/**
 * Opens a file for samples. Each is appended as soon as it is taken.
 *
 * @param overwrite whether an existing file may be emptied
 * @throws UserError FILE_EXISTS, FILE_NOT_WRITABLE
 */
export async function growingFile(file: string, overwrite: boolean): Promise<TextDestination> {
    const handle = await openNamedFile(file, overwrite).catch((cause: unknown) => {
        throw notWritable(file, cause);
    });
    return { write: (text) => append(handle, text, file), isHeard: () => true, close: () => handle.close() };
}

/**
 * Replaces the content of a file atomically.
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
