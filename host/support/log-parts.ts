import { lstatSync } from "node:fs";
import { launchLogName } from "../deploy/launcher/launcher-input.js";
import { systemPath } from "../files/path-bytes.js";
import { readTail } from "../files/read-file.js";
import { UnreadableFile } from "../files/system-error.js";
import type { SupportPart } from "./bundle.js";

/** Name of the pool's log in the bundle. */
export const poolLogName = "pool.log";

/**
 * The end of a pool's log. The path comes from the program, which is untrusted and may name any file: lines without the
 * log's time stamp are left out, so that no other file gets into a bundle.
 *
 * @returns null if there is none
 */
export function poolLogPart(file: string): SupportPart | null {
    return logPart(poolLogName, file, (line) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /.test(line));
}

/**
 * The log of the launcher's last start. Not through a link, which could lead to any file.
 *
 * @returns null if there is none
 */
export function launchLogPart(file: string): SupportPart | null {
    if (lstatSync(systemPath(file), { throwIfNoEntry: false })?.isFile() !== true) return null;
    return logPart(launchLogName, file, () => true);
}

function logPart(name: string, file: string, belongs: (line: string) => boolean): SupportPart | null {
    try {
        const lines = readTail(file, maxLogBytes)?.split(/\r?\n/) ?? [];
        const retained = lines.filter((line) => line !== "" && belongs(line));
        return retained.length === 0
            ? null
            : { name, source: file, text: retained.map((line) => `${line}\n`).join("") };
    } catch (error) {
        if (!(error instanceof UnreadableFile)) throw error;
        return { name, source: file, text: `${error.message}\n` };
    }
}

/** More than anyone reads. */
const maxLogBytes = 1_000_000;
