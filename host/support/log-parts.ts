import { lstatSync } from "node:fs";

import { LAUNCH_LOG } from "../deploy/launcher/launched.js";
import { UnreadableFile } from "../files/read-small-file.js";
import { readTail } from "../files/read-tail.js";
import type { SupportPart } from "./support-part.js";

/** Name of a pool's log in the bundle. */
export const POOL_LOG = "pool.log";

/**
 * The end of a pool's log. It is a program that says where its pool's log is, and it may name any file: a line without the
 * log's time stamp is left out, lest a stranger's program has its user hand over a secret.
 *
 * @returns null where there is none
 */
export function poolLogPart(file: string): SupportPart | null {
    return logPart(POOL_LOG, file, (line) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /.test(line));
}

/**
 * What a launcher wrote at the last start. Not through a link, which could lead to any file.
 *
 * @returns null where there is none
 */
export function launchLogPart(file: string): SupportPart | null {
    if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return null;
    return logPart(LAUNCH_LOG, file, () => true);
}

function logPart(name: string, file: string, belongs: (line: string) => boolean): SupportPart | null {
    try {
        const lines = readTail(file, MAX_BYTES)?.split(/\r?\n/) ?? [];
        const kept = lines.filter((line) => line !== "" && belongs(line));
        return kept.length === 0 ? null : { name, source: file, text: kept.map((line) => `${line}\n`).join("") };
    } catch (error) {
        if (!(error instanceof UnreadableFile)) throw error;
        return { name, source: file, text: `${error.message}\n` };
    }
}

/** As much as somebody may want to read. */
const MAX_BYTES = 1_000_000;
