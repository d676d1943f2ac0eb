import { EOL } from "node:os";
import path from "node:path";

import { notWritable } from "../files/not-writable.js";
import { writeNamedFile } from "../files/named-file.js";
import { writeTemplate } from "./template.js";

/**
 * Writes a configuration file with every setting at its default and a comment about each.
 *
 * @returns the full path of the file
 * @throws UserError FILE_EXISTS unless overwriting is wanted, FILE_NOT_WRITABLE
 */
export async function writeConfigFile(file: string, overwrite: boolean): Promise<string> {
    const full = path.resolve(file);
    try {
        await writeNamedFile(full, writeTemplate().replaceAll("\n", EOL), overwrite);
        return full;
    } catch (error) {
        throw notWritable(full, error, {
            place: "Name a file in a folder that exists and is yours: poolnv config --init FILE",
        });
    }
}
