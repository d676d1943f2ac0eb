import { getSystemErrorMap } from "node:util";

/** A file that can't be read, or that is none we read. `reason` has no path in it. */
export class UnreadableFile extends Error {
    /** Name of the class. */
    override readonly name = "UnreadableFile";

    constructor(
        /** Its path. */
        readonly file: string,
        /** Why, without the path: `it is a folder`. */
        readonly reason: string,
        options?: ErrorOptions,
    ) {
        super(`${file} can't be read: ${reason}`, options);
    }
}

export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
    return error instanceof Error && "syscall" in error;
}

/** The system's own text for an error, without the path. */
export function describeSystemError({ errno, message }: NodeJS.ErrnoException): string {
    return getSystemErrorMap().get(errno ?? 0)?.[1] ?? message;
}
