import { UserError } from "../errors.js";
import { describeSystemError, isSystemError } from "./read-small-file.js";

/** What a person can do about a file that they have named and that was not written. */
export interface Resolutions {
    /** Where there is a file already. */
    readonly exists?: string;
    /** Where it can't be written. */
    readonly place?: string;
}

/** Why a file that a person has named was not written: it is there already, or can't be written. */
export function notWritable(file: string, cause: unknown, resolutions: Resolutions = {}): UserError {
    const isThere = isSystemError(cause) && cause.code === "EEXIST";
    return isThere ? fileExists(file, resolutions.exists, { cause }) : cannotBeWritten(file, cause, resolutions.place);
}

/** Where there is no question of overwriting. */
export function cannotBeWritten(
    file: string,
    cause: unknown,
    resolution = "Name a file in a folder that exists and is yours, on a disk with room.",
): UserError {
    const reason = isSystemError(cause) ? describeSystemError(cause) : String(cause);
    return new UserError("FILE_NOT_WRITABLE", `${file} can't be written: ${reason}.`, resolution, { cause });
}

export function fileExists(
    file: string,
    resolution = "Name another file, or overwrite it: --force",
    options?: ErrorOptions,
): UserError {
    return new UserError("FILE_EXISTS", `${file} is there already.`, resolution, options);
}
