import path from "node:path";
import { strToU8, zipSync } from "fflate";

import { notWritable } from "../files/not-writable.js";
import { writeNamedFile } from "../files/write-named-file.js";
import type { SupportPart } from "./support-part.js";

/**
 * Writes a support bundle as one zip file.
 *
 * @returns the full path of the file
 * @throws UserError FILE_EXISTS unless overwriting is wanted, FILE_NOT_WRITABLE
 */
export async function writeSupport(file: string, parts: readonly SupportPart[], overwrite: boolean): Promise<string> {
    const full = path.resolve(file);
    const bundle = zipSync(Object.fromEntries(parts.map(({ name, text }) => [name, strToU8(text)])));
    try {
        await writeNamedFile(full, bundle, overwrite);
        return full;
    } catch (error) {
        throw notWritable(full, error, {
            place: "Name a file in a folder that exists and is yours: poolnv support --output FILE",
        });
    }
}

/** A name that no bundle of another minute has. */
export function bundleName(now: Date): string {
    return `poolnv-support-${now.toISOString().slice(0, 16).replaceAll(":", "").replace("T", "-")}.zip`;
}
