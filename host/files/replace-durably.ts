import { closeSync, constants, fsyncSync, openSync, writeFileSync } from "node:fs";
import { renameSync, rmSync } from "./change-files.js";
import { systemPath } from "./path-bytes.js";

/**
 * Writes a file beside another one, flushes it to the disk and renames it over the other: at no moment, not even after a
 * power cut, is there half a file. A link at that path is replaced, never followed. For a file that the user has named,
 * see `replaceNamedFile`.
 *
 * @param check examines the written file before it is renamed, and throws if it is wrong
 */
export function replaceDurably(
    file: string,
    content: string | Uint8Array,
    mode = 0o666,
    check: (written: string) => void = () => {},
): void {
    const temporary = temporaryName(file);
    rmSync(systemPath(temporary), { force: true }); // left by an interrupted run
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    const handle = openSync(systemPath(temporary), O_WRONLY | O_CREAT | O_EXCL | (O_NOFOLLOW ?? 0), mode); // not on Windows
    try {
        writeFileSync(handle, content);
        fsyncSync(handle);
    } finally {
        closeSync(handle);
    }
    check(temporary);
    renameSync(systemPath(temporary), systemPath(file));
}

/** Where the new content of a file is until it is complete. */
export function temporaryName(file: string): string {
    return `${file}.poolnv-new`;
}
