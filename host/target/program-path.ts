import { homedir } from "node:os";
import { readlinkSync } from "node:fs";
import { join } from "node:path";
import { findIgnoringCase } from "./find-ignoring-case.js";
import type { Location } from "./locate.js";
import type { WineProcess } from "./process-table.js";

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
 * Where a Windows program's file stands on this system. Wine keeps a link for each drive in its prefix.
 *
 * @param folder where a path without drive starts
 */
export function unixPath({ path, prefix, home }: WineProcess, folder: string | null): string | null {
    const [, drive, below] = /^([a-z]:)[\\/](.*)$/i.exec(path) ?? [];
    const whole = /^(?:\\\\\?\\unix\\|\/)(.*)$/i.exec(path)?.[1]; // Wine keeps the path of a program that was named so
    if (drive !== undefined && below !== undefined) {
        const dosDevices = join(prefix ?? join(home ?? homedir(), ".wine"), "dosdevices");
        return findIgnoringCase(join(dosDevices, drive.toLowerCase()), names(below));
    }
    if (whole !== undefined) return findIgnoringCase("/", names(whole));
    return folder === null ? null : findIgnoringCase(folder, names(path));
}

function names(path: string): string[] {
    return path.split(/[\\/]+/).filter((name) => name !== "");
}

/** Null where it is closed to us. */
function workingFolder(pid: number): string | null {
    try {
        return readlinkSync(`/proc/${pid}/cwd`);
    } catch {
        return null;
    }
}
