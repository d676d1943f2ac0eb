import { createReadStream } from "node:fs";
import { buffer } from "node:stream/consumers";
import { bytesPerMb } from "../../shared/bytes.js";
import { UserError } from "../errors.js";
import { systemPath } from "../files/path-bytes.js";

/** Far more than any configuration needs; keeps a wrong file from filling the memory. */
const maxBytes = bytesPerMb;

/**
 * Reads a configuration file as text, without its byte order mark.
 *
 * @throws UserError BAD_CONFIG if it can't be read, is too large or is not UTF-8 text
 */
export async function readConfigText(file: string): Promise<string> {
    const bytes = await buffer(createReadStream(systemPath(file), { end: maxBytes })).catch((error: unknown) => {
        throw new UserError(
            "BAD_CONFIG",
            `The configuration file ${file} cannot be read: ${(error as Error).message}.`,
            "Name a readable file with --config, or leave the option out.",
            { cause: error },
        );
    });
    if (bytes.length > maxBytes) {
        throw new UserError(
            "BAD_CONFIG",
            `The configuration file ${file} is larger than 1 MB.`,
            "Name a configuration file; a new one is written by: poolnv config --init",
        );
    }
    return decode(bytes, file);
}

function decode(bytes: Buffer, file: string): string {
    try {
        const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
        if (!text.includes("\0")) {
            return text;
        }
    } catch {
        // not UTF-8
    }
    throw new UserError(
        "BAD_CONFIG",
        `The configuration file ${file} is not UTF-8 text.`,
        "Save it with the encoding UTF-8 (in Notepad: Save as, Encoding), or write a new one: poolnv config --init",
    );
}
