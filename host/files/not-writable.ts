import { UserError } from "../errors.js";
import { describeSystemError, isSystemError } from "./system-error.js";

/** What the user can do about a file that was not written. */
export interface Resolutions {
    /** If there is a file already. */
    readonly exists?: string;
    /** If it can't be written. */
    readonly place?: string;
}

/** The error for a file that was not written: FILE_EXISTS or FILE_NOT_WRITABLE. */
export function notWritable(file: string, cause: unknown, resolutions: Resolutions = {}): UserError {
    const exists = isSystemError(cause) && cause.code === "EEXIST";
    return exists ? fileExists(file, resolutions.exists, { cause }) : cannotBeWritten(file, cause, resolutions.place);
}

/** The same for a file or folder that may exist already. */
export function cannotBeWritten(
    file: string,
    cause: unknown,
    resolution = "Name a file in an existing folder that you may write to, on a disk with free space.",
): UserError {
    const reason = isSystemError(cause) ? describeSystemError(cause) : String(cause);
    return new UserError("FILE_NOT_WRITABLE", `${file} can't be written: ${reason}.`, resolution, { cause });
}

export function fileExists(
    file: string,
    resolution = "Name another file, or overwrite it: --force",
    options?: ErrorOptions,
): UserError {
    return new UserError("FILE_EXISTS", `${file} exists already.`, resolution, options);
}
