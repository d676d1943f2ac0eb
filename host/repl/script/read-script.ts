import { createReadStream } from "node:fs";
import { UserError } from "../../errors.js";
import { longestScript } from "./parse-script.js";

/** UTF-8 needs at most four bytes for a character. */
const maxBytes = 4 * longestScript;

/**
 * Reads the text of a script, up to the largest size of a script.
 *
 * @param file path
 * @throws UserError SCRIPT_NOT_READABLE
 */
export function readScriptFile(file: string): Promise<string> {
    return readScript(createReadStream(file), file);
}

/**
 * The same from a stream.
 *
 * @param name name for error messages
 */
export async function readScript(input: AsyncIterable<string | Uint8Array>, name: string): Promise<string> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    try {
        for await (const chunk of input) {
            const piece = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
            bytes += piece.length;
            if (bytes > maxBytes) throw unreadable(name, "it is too large for a script");
            chunks.push(piece);
        }
        return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
    } catch (cause) {
        if (cause instanceof UserError) throw cause;
        throw unreadable(name, cause instanceof TypeError ? "it is not UTF-8 text" : (cause as Error).message, cause);
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
