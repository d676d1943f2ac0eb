import path from "node:path";
import { strToU8, zipSync } from "fflate";
import { writeNamedFile } from "../files/named-file.js";
import { notWritable } from "../files/not-writable.js";

/** One file of a support bundle. */
export interface SupportPart {
    /** Its name in the bundle. */
    readonly name: string;
    /** Where its content comes from, for messages: a path or a description. */
    readonly source: string;
    /** Its content. */
    readonly text: string;
}

/** A part with a JSON document. */
export function documentPart(name: string, source: string, document: unknown): SupportPart {
    return { name, source, text: `${JSON.stringify(document, null, 4)}\n` };
}

/**
 * Writes a support bundle as one zip file.
 *
 * @returns the full path of the file
 * @throws UserError FILE_EXISTS unless `overwrite`, FILE_NOT_WRITABLE
 */
export async function writeSupport(file: string, parts: readonly SupportPart[], overwrite: boolean): Promise<string> {
    const full = path.resolve(file);
    const bundle = zipSync(Object.fromEntries(parts.map(({ name, text }) => [name, strToU8(text)])));
    try {
        await writeNamedFile(full, bundle, overwrite);
        return full;
    } catch (error) {
        throw notWritable(full, error, {
            place: "Name a file in an existing folder that you may write to: poolnv support --output FILE",
        });
    }
}

/** A file name with date and minute. */
export function bundleName(now: Date): string {
    return `poolnv-support-${now.toISOString().slice(0, 16).replaceAll(":", "").replace("T", "-")}.zip`;
}
