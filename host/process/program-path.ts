import { homedir } from "node:os";
import { readlinkSync } from "node:fs";
import { join } from "node:path";
import { findIgnoringCase } from "./find-ignoring-case.js";
import type { Location } from "./locate.js";
import type { WineProcess } from "./process-table.js";
import { pathInPrefix, pathNames } from "./wine-drive.js";

/** Path on this system of a running program's file, or null where that can't be told. */
export function programPath(location: Location): string | null {
    switch (location.kind) {
        case "native":
            return location.executable;
        case "wine":
            return unixPath(location.wine, workingFolder(location.pid));
        case "ask-engine":
            return null;
    }
}

/**
 * Where a Windows program's file stands on this system.
 *
 * @param folder where a path without drive starts
 */
export function unixPath(
    { path, prefix, home }: Pick<WineProcess, "path" | "prefix" | "home">,
    folder: string | null,
): string | null {
    if (/^[a-z]:[\\/]/i.test(path)) return pathInPrefix(prefix ?? join(home ?? homedir(), ".wine"), path);
    const whole = /^(?:\\\\\?\\unix\\|\/)(.*)$/i.exec(path)?.[1]; // Wine keeps the path of a program that was named so
    if (whole !== undefined) return findIgnoringCase("/", pathNames(whole));
    return folder === null ? null : findIgnoringCase(folder, pathNames(path));
}

/** Null where it is closed to us. */
function workingFolder(pid: number): string | null {
    try {
        return readlinkSync(`/proc/${pid}/cwd`);
    } catch {
        return null;
    }
}
