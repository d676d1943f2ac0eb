import * as fs from "node:fs";
import * as promises from "node:fs/promises";
import { retryifyAsync, retryifySync } from "stubborn-utils";
import { isSystemError } from "./system-error.js";

/**
 * Renames and removes files and folders, again and again for a while on Windows: there a virus scanner or an indexer opens
 * a new file for some milliseconds, and whatever would move or replace it meanwhile is refused. The host uses these, never
 * those of Node; the linter sees to it. Each takes what Node's function of that name takes, and throws its errors.
 */

/** How long it is tried, in milliseconds. A scan of a large program takes a second or so. */
const limitMs = 3_000;
/** Longest pause before the next try, in milliseconds. */
const pauseMs = 20;

/** Renames a file or folder. */
export const renameSync: typeof fs.renameSync = (from, to) => sync(fs.renameSync)(from, to);

/** Removes a file, or with `recursive` a folder. */
export const rmSync: typeof fs.rmSync = (path, options) => sync(fs.rmSync)(path, options);

/** Removes an empty folder. */
export const rmdirSync = (path: fs.PathLike): void => sync((folder: fs.PathLike) => fs.rmdirSync(folder))(path);

/** Renames a file or folder. */
export const rename: typeof promises.rename = (from, to) => async(promises.rename)(from, to);

/** Removes a file, or with `recursive` a folder. */
export const rm: typeof promises.rm = (path, options) => async(promises.rm)(path, options);

/** Removes a file. Tried once, for those who ask whether a process holds it open. */
export const unlinkOnceSync: typeof fs.unlinkSync = (path) => fs.unlinkSync(path);

/** Removes a folder that another process may be using; then some of it stays, for a later run. Tried once. */
export function removeIfUnused(folder: string): void {
    try {
        fs.rmSync(folder, { recursive: true, force: true });
    } catch (error) {
        if (!isSystemError(error)) throw error;
    }
}

function sync<Arguments extends unknown[]>(work: (...args: Arguments) => void): (...args: Arguments) => void {
    const isRetriable = (error: unknown): boolean => isHeldOpen(error) && pauseSync();
    return retryifySync(work, { isRetriable })({ timeout: limitMs });
}

function async<Arguments extends unknown[]>(
    work: (...args: Arguments) => Promise<void>,
): (...args: Arguments) => Promise<void> {
    return retryifyAsync(work, { isRetriable: isHeldOpen })({ timeout: limitMs, interval: pauseMs });
}

/** Elsewhere these errors stay: they are about rights, or about what is in a folder. */
function isHeldOpen(error: unknown): boolean {
    const codes = ["EPERM", "EACCES", "EBUSY", "ENOTEMPTY"];
    return process.platform === "win32" && isSystemError(error) && codes.includes(error.code ?? "");
}

/** The library itself does not pause between two tries of a function that is not asynchronous. */
function pauseSync(): true {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    return true;
}
