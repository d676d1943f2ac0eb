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

/** The system's own text for an error, without the path; on Windows with its most likely cause. */
export function describeSystemError({ errno, message, code = "" }: NodeJS.ErrnoException): string {
    const text = getSystemErrorMap().get(errno ?? 0)?.[1] ?? message;
    const mayBeHeld = process.platform === "win32" && ["EPERM", "EACCES", "EBUSY"].includes(code);
    return mayBeHeld ? `${text} (another program may hold it open, such as the game or a virus scanner)` : text;
}

/** The file that an error of a change is about: for a rename the one that would have been replaced. */
export function fileOf({ path, dest }: NodeJS.ErrnoException & { dest?: string }): string | undefined {
    return dest ?? path;
}
