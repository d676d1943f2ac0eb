import { EOL } from "node:os";
import path from "node:path";

import { UserError } from "../errors.js";
import { writeNamedFile } from "../files/write-named-file.js";
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
        throw explain(error as NodeJS.ErrnoException, full);
    }
}

function explain(error: NodeJS.ErrnoException, file: string): UserError {
    return error.code === "EEXIST"
        ? new UserError("FILE_EXISTS", `${file} is there already.`, "Name another file, or overwrite it with --force.")
        : new UserError(
              "FILE_NOT_WRITABLE",
              `${file} cannot be written: ${error.message}.`,
              "Name a file in a folder that exists and that you may write to: poolnv config --init FILE",
              { cause: error },
          );
}
