import { UserError } from "../errors.js";

/** Why a file that a person has named was not written: it is there already, or can't be written. */
export function notWritable(file: string, cause: unknown): UserError {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return fileExists(file, { cause });
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new UserError(
        "FILE_NOT_WRITABLE",
        `${file} can't be written: ${reason}.`,
        "Name a file in a folder that exists and is yours.",
        { cause },
    );
}

export function fileExists(file: string, options?: ErrorOptions): UserError {
    return new UserError(
        "FILE_EXISTS",
        `${file} is there already.`,
        "Name another file, or overwrite it: --force",
        options,
    );
}
