import { UserError } from "../../errors.js";
import { hasOtherBytes, pathBytes } from "../../files/path-bytes.js";

/** Quotes a text as one word of a POSIX shell. */
export function quoteForSh(text: string): string {
    refuseLineBreaks(text);
    return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The same for people to copy: as ASCII if the text has bytes that are no UTF-8. */
export function printableForSh(text: string): string {
    if (!hasOtherBytes(text)) return quoteForSh(text);
    refuseLineBreaks(text);
    const octal = [...pathBytes(text)].map((byte) => {
        const character = String.fromCharCode(byte);
        return /[\w ./-]/.test(character) ? character : `\\${byte.toString(8).padStart(3, "0")}`;
    });
    return `"$(printf '${octal.join("")}')"`;
}

/**
 * Escapes a path for a batch file, within quotation marks and with delayed expansion off: there, only % is special, and is
 * doubled.
 */
export function escapeForCmd(path: string): string {
    refuseLineBreaks(path);
    if (path.includes('"')) throw notQuotable(path, "a quotation mark");
    return path.replaceAll("%", "%%");
}

function refuseLineBreaks(text: string): void {
    if (/[\r\n\0]/.test(text)) throw notQuotable(text, "a line break");
}

function notQuotable(path: string, what: string): UserError {
    return new UserError(
        "USAGE",
        `The path ${path} contains ${what}, which a script can't hold.`,
        "Rename the folder.",
    );
}
