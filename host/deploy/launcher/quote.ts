import { UserError } from "../../errors.js";

/** A text as one word of a POSIX shell: nothing in it means anything to the shell. */
export function quoteForSh(text: string): string {
    refuseLineBreaks(text);
    return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * A path as it stands in a batch file, within quotation marks and where delayed expansion is off: of what cmd looks for,
 * only % means something there, and a second one takes that from it.
 */
export function escapeForCmd(path: string): string {
    refuseLineBreaks(path);
    if (path.includes('"')) throw unwritable(path, "a quotation mark");
    return path.replaceAll("%", "%%");
}

function refuseLineBreaks(text: string): void {
    if (/[\r\n\0]/.test(text)) throw unwritable(text, "a line break");
}

function unwritable(path: string, what: string): UserError {
    return new UserError(
        "USAGE",
        `There is ${what} in the path ${path}, and no script can be written for that.`,
        "Give the folder another name.",
    );
}
