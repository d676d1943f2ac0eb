import { randomUUID } from "node:crypto";
import { constants, lstatSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { rename, rm } from "./change-files.js";
import { fullPath, realPath, systemPath } from "./path-bytes.js";

/**
 * Writes a file that the user has named. Follows a symbolic link only if the user or root owns it: in a folder that
 * everyone may write to, a link of another user could lead to any file of ours.
 *
 * @param overwrite false: an existing file is an error, EEXIST
 */
export async function writeNamedFile(file: string, content: string | Uint8Array, overwrite: boolean): Promise<void> {
    const handle = await openNamedFile(file, overwrite);
    try {
        await handle.writeFile(content);
    } finally {
        await handle.close();
    }
}

/** Opens such a file for writing piece by piece. The caller closes the handle. */
export function openNamedFile(file: string, overwrite: boolean): Promise<FileHandle> {
    const { O_WRONLY, O_CREAT, O_TRUNC, O_EXCL } = constants;
    const noFollow = isOwnLink(file) ? 0 : (constants.O_NOFOLLOW ?? 0); // not on Windows
    return open(systemPath(file), O_WRONLY | O_CREAT | noFollow | (overwrite ? O_TRUNC : O_EXCL), 0o666);
}

/**
 * Replaces a file that the user has named in one step: a reader sees all of the old content or all of the new. A link of
 * another user is replaced, not followed.
 */
export async function replaceNamedFile(file: string, content: string): Promise<void> {
    const target = followOwnLink(file);
    const next = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID()}.tmp`);
    try {
        await writeNamedFile(next, content, false);
        await rename(systemPath(next), systemPath(target));
    } catch (error) {
        await rm(systemPath(next), { force: true });
        throw error;
    }
}

/** Full path of a file that the user has named; for a link that the user or root owns, of the file it leads to. */
export function followOwnLink(file: string): string {
    const full = fullPath(file);
    try {
        return isOwnLink(full) ? realPath(full) : full;
    } catch {
        return full; // the folder can't be read, or the link is broken
    }
}

/** True for a symbolic link that the user or root owns. Links of others must not be followed. */
export function isOwnLink(file: string): boolean {
    const found = lstatSync(systemPath(file), { throwIfNoEntry: false });
    return found?.isSymbolicLink() === true && [process.getuid?.() ?? found.uid, 0].includes(found.uid);
}
