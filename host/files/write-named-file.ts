import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { isOwnLink } from "./own-link.js";

/**
 * Writes a file that a person has named, through no link but their own: in a folder where everybody may write, a
 * stranger's could lead to another file of theirs.
 *
 * @param overwrite whether a file that is there may be replaced; otherwise that is an error, EEXIST
 */
export async function writeNamedFile(file: string, content: string | Uint8Array, overwrite: boolean): Promise<void> {
    const handle = await openNamedFile(file, overwrite);
    try {
        await handle.writeFile(content);
    } finally {
        await handle.close();
    }
}

/** The same for who writes bit by bit. The caller closes the handle. */
export function openNamedFile(file: string, overwrite: boolean): Promise<FileHandle> {
    const { O_WRONLY, O_CREAT, O_TRUNC, O_EXCL } = constants;
    const noFollow = isOwnLink(file) ? 0 : (constants.O_NOFOLLOW ?? 0); // Windows has none
    return open(file, O_WRONLY | O_CREAT | noFollow | (overwrite ? O_TRUNC : O_EXCL), 0o666);
}
