import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** Where a file's new content stands until it is whole. */
export function besideName(file: string): string {
    return `${file}.poolnv-new`;
}

/**
 * Writes a file beside the one that is meant, to the disk, and puts it in that one's place: at no moment, not even after a
 * power cut, is there half a file. A link in its place is replaced, not followed, whoever has made it; for a file that a
 * person has named, there is `replaceNamedFile`.
 *
 * @param check looks at what was written before it takes the other's place, and throws where it is not right
 */
export function replaceDurably(
    file: string,
    content: string | Uint8Array,
    mode = 0o666,
    check: (written: string) => void = () => {},
): void {
    const beside = besideName(file);
    rmSync(beside, { force: true }); // what an interrupted run has left
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    const handle = openSync(beside, O_WRONLY | O_CREAT | O_EXCL | (O_NOFOLLOW ?? 0), mode); // Windows has not the last
    try {
        writeFileSync(handle, content);
        fsyncSync(handle);
    } finally {
        closeSync(handle);
    }
    check(beside);
    renameSync(beside, file);
}
