import { createReadStream } from "node:fs";
import { UserError } from "../../errors.js";
import { longestScript } from "./parse-script.js";

/** Four bytes are the most that UTF-8 needs for a character. */
const mostBytes = 4 * longestScript;

/**
 * The text of a script. Reads no more than a script may have, whatever the file is.
 *
 * @param file name of a file
 * @throws UserError SCRIPT_NOT_READABLE
 */
export function readScriptFile(file: string): Promise<string> {
    return readScript(createReadStream(file), file);
}

/**
 * The same from a stream.
 *
 * @param name what errors call it
 */
export async function readScript(input: AsyncIterable<string | Uint8Array>, name: string): Promise<string> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    try {
        for await (const chunk of input) {
            const piece = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
            bytes += piece.length;
            if (bytes > mostBytes) throw unreadable(name, "it is too long to be a script");
            chunks.push(piece);
        }
        return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
    } catch (cause) {
        if (cause instanceof UserError) throw cause;
        throw unreadable(name, cause instanceof TypeError ? "it is no text in UTF-8" : (cause as Error).message, cause);
    }
}

function unreadable(name: string, reason: string, cause?: unknown): UserError {
    return new UserError(
        "SCRIPT_NOT_READABLE",
        `The script ${name} can't be read: ${reason}.`,
        "Name a text file with a diagnostic script, or - for standard input.",
        { cause },
    );
}
