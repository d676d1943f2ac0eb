import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { followOwnLink } from "./own-link.js";
import { writeNamedFile } from "./write-named-file.js";

/**
 * Puts a file in the place of another in one step: whoever reads it meanwhile sees all of the old one or all of the new
 * one. A stranger's link is replaced, not followed.
 */
export async function replaceNamedFile(file: string, content: string): Promise<void> {
    const target = followOwnLink(file);
    const next = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID()}.tmp`);
    try {
        await writeNamedFile(next, content, false);
        await rename(next, target);
    } catch (error) {
        await rm(next, { force: true });
        throw error;
    }
}
