import { closeSync, openSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, win32 } from "node:path";
import type { ControlClaims } from "../../../shared/control-claims.js";
import { bareProgramName } from "../../../shared/program-name.js";
import { mailboxFile } from "../../../shared/protocol/mailbox.js";
import { unlinkOnceSync } from "../../files/change-files.js";
import { namesIn, systemPath } from "../../files/path-bytes.js";
import { findIgnoringCase } from "../../process/find-ignoring-case.js";
import type { WineProcess } from "../../process/process-table.js";

/** Wakes the resident of a Windows program: it is notified of names that come and go in the folder of its mailbox file. */
export function wakeByFile(mailboxPath: string): void {
    const path = systemPath(join(dirname(mailboxPath), mailboxFile.wakeNameOf(basename(mailboxPath))));
    attempt(() => closeSync(openSync(path, "wx"))); // follows no link; it may be there, left by a host that was killed
    attempt(() => unlinkOnceSync(path));
}

/**
 * Finds the mailbox file of a Windows program that Wine runs on this system.
 *
 * @param claims of the program's own control block
 * @returns null if there is none, or if its user has another folder for local files than Wine makes
 */
export function findMailboxFileUnderWine(
    { prefix, home }: Pick<WineProcess, "prefix" | "home">,
    { pid, program }: Pick<ControlClaims, "pid" | "program">,
): string | null {
    const users = findIgnoringCase(prefix ?? join(home ?? homedir(), ".wine"), ["drive_c", "users"]);
    const name = bareProgramName(win32.basename(program));
    for (const user of users === null ? [] : entriesOf(users)) {
        const folder = findIgnoringCase(join(users!, user), ["AppData", "Local", ...mailboxFile.folders]);
        const own = (folder === null ? [] : entriesOf(folder)).find((entry) => {
            const owner = mailboxFile.ownerOf(entry);
            return owner?.pid === pid && bareProgramName(owner.program) === name;
        });
        if (own !== undefined) return join(folder!, own);
    }
    return null;
}

function entriesOf(folder: string): string[] {
    return attempt(() => namesIn(folder)) ?? [];
}

/** Null if it fails. */
function attempt<T>(work: () => T): T | null {
    try {
        return work();
    } catch {
        return null;
    }
}
