import { accessSync, constants } from "node:fs";
import { dirname, join } from "node:path";

import { isFolder } from "../../files/is-folder.js";
import { findIgnoringCase } from "../../process/find-ignoring-case.js";
import { type Finding, ok, warning } from "../finding.js";
import type { GameSubject } from "../game-subject.js";

const PLUGINS = ["Data", "NVSE", "Plugins"];

/** Whether the log can be where everybody looks for it. The pool makes the folders that are missing. */
export function checkLogFolder({ game: { folder } }: GameSubject): Finding[] {
    if (findIgnoringCase(folder, ["Data"]) === null)
        return [ok("log", "the folder has no Data: the log will be beside the program")];
    const wanted = findIgnoringCase(folder, PLUGINS) ?? join(folder, ...PLUGINS);
    const existing = nearest(wanted);
    if (isFolder(existing) && isWritable(existing))
        return [ok("log", `the log will be ${join(wanted, "MemoryPool_Debug.log")}`)];
    return [
        warning(
            "log",
            isFolder(existing)
                ? `${existing} can't be written to: the log will be elsewhere`
                : `${existing} is no folder: the log will be beside the program`,
            "Make it a folder that you may write to, or name another place: --log FILE",
        ),
    ];
}

/** The deepest part of a path that is there. */
function nearest(path: string): string {
    try {
        accessSync(path);
        return path;
    } catch {
        return dirname(path) === path ? path : nearest(dirname(path));
    }
}

function isWritable(folder: string): boolean {
    try {
        accessSync(folder, constants.W_OK | constants.X_OK);
        return true;
    } catch {
        return false;
    }
}
