import { isUtf8 } from "node:buffer";
import { readdirSync, readlinkSync, realpathSync } from "node:fs";
import path from "node:path";

/*
 * Linux allows any bytes in file names, and Windows names that are no valid UTF-16. A path is a string throughout poolnv;
 * each byte that is part of no UTF-8 character is the lone surrogate U+DC00 plus the byte, as in Python (PEP 383). No valid
 * name has one, so the way back is exact. `systemPath` goes that way, and belongs around every path handed to the system.
 */

/** The bytes of a name or path as a string. */
export function pathText(bytes: Buffer): string {
    if (isUtf8(bytes)) return bytes.toString("utf8");
    let text = "";
    for (let at = 0; at < bytes.length;) {
        const length = characterLength(bytes, at);
        text +=
            length === null ? String.fromCharCode(firstByteCode + bytes[at]!) : bytes.toString("utf8", at, at + length);
        at += length ?? 1;
    }
    return text;
}

/** A path as the functions of the system take it. */
export function systemPath(text: string): string | Buffer {
    return hasOtherBytes(text) ? pathBytes(text) : text;
}

/** The bytes of a path, for instance to write it to a script. */
export function pathBytes(text: string): Buffer {
    return Buffer.concat(
        text
            .split(/([\udc80-\udcff])/u)
            .map((part, index) =>
                index % 2 === 0 ? Buffer.from(part) : Buffer.from([part.charCodeAt(0) - firstByteCode]),
            ),
    );
}

/** True if a path has bytes that are no UTF-8. */
export function hasOtherBytes(text: string): boolean {
    return /[\udc80-\udcff]/u.test(text);
}

/** A path as valid Unicode, for documents: its other bytes as `\xff`. {@link typedPath} takes it back. */
export function shownPath(text: string): string {
    return text.replace(/[\udc80-\udcff]/gu, (character) => {
        return `\\x${(character.charCodeAt(0) - firstByteCode).toString(16)}`;
    });
}

/**
 * A path that the user has typed or copied from a document: if there is no such file, `\x80` to `\xff` in it are bytes.
 *
 * @param exists whether there is a file of this path
 */
export function typedPath(typed: string, exists: (path: string) => boolean): string {
    if (process.platform === "win32" || !/\\x[89a-f][0-9a-f]/i.test(typed) || exists(typed)) return typed;
    const bytes = typed.replace(/\\x([89a-f][0-9a-f])/gi, (_, byte: string) =>
        String.fromCharCode(firstByteCode + parseInt(byte, 16)),
    );
    const other = pathText(pathBytes(bytes)); // bytes that make up a character together
    return exists(other) ? other : typed;
}

/** `path.resolve`, also in a working folder whose name is no UTF-8. */
export function fullPath(...parts: string[]): string {
    const full = path.resolve(...parts);
    if (process.platform !== "linux" || !full.includes("\ufffd")) return full;
    return path.resolve(pathText(readlinkSync("/proc/self/cwd", { encoding: "buffer" })), ...parts);
}

/** The names in a folder. */
export function namesIn(folder: string): string[] {
    return readdirSync(systemPath(folder), { encoding: "buffer" }).map(pathText);
}

/** `realpathSync.native` for any path. */
export function realPath(file: string): string {
    return pathText(realpathSync.native(systemPath(file), { encoding: "buffer" }));
}

const firstByteCode = 0xdc00;

/** Bytes of the UTF-8 character at a position; null if there is none. */
function characterLength(bytes: Buffer, at: number): number | null {
    return (
        [1, 2, 3, 4].find((length) => at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))) ?? null
    );
}
