import path from "node:path";
import { strToU8, zipSync } from "fflate";

import { UserError } from "../errors.js";
import { describeSystemError, isSystemError } from "../files/read-small-file.js";
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
    const files = Object.fromEntries(parts.map(({ name, text }) => [name, strToU8(text)]));
    try {
        await writeNamedFile(full, zipSync(files), overwrite);
        return full;
    } catch (error) {
        throw isSystemError(error) ? explain(error, full) : error;
    }
}

/** A name that no bundle of another minute has. */
export function bundleName(now: Date): string {
    return `poolnv-support-${now.toISOString().slice(0, 16).replaceAll(":", "").replace("T", "-")}.zip`;
}

function explain(error: NodeJS.ErrnoException, file: string): UserError {
    return error.code === "EEXIST"
        ? new UserError("FILE_EXISTS", `${file} is there already.`, "Name another file, or overwrite it with --force.")
        : new UserError(
              "FILE_NOT_WRITABLE",
              `${file} cannot be written: ${describeSystemError(error)}.`,
              "Name a file in a folder that exists and that you may write to: poolnv support --output FILE",
              { cause: error },
          );
}
