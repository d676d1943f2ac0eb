import { readFileSync } from "node:fs";
import { UserError } from "../errors.js";

/**
 * Refuses a Linux program that runs without a shared C library: frida-core, not finding one, would end the program.
 *
 * @throws UserError NO_KNOWN_RUNTIME
 */
export function refuseWithoutLibrary(pid: number): void {
    const mapped = mappedFiles(pid);
    if (mapped === null || sharedLibrary.test(mapped)) return;
    throw new UserError(
        "NO_KNOWN_RUNTIME",
        `pid ${pid} is a program without a shared C library (linked statically)`,
        "poolnv serves programs that use the system's C library, msvcrt.dll or ucrtbase.dll; this one does not.",
    );
}

/** The C library, or only its loader: a program that is being launched has not loaded more than that yet. */
const sharedLibrary = /\/(libc|ld)[.-][^/]*$/m;

/** Null where it is closed to us, which frida-core then says better. */
function mappedFiles(pid: number): string | null {
    try {
        return readFileSync(`/proc/${pid}/maps`, "utf8").replaceAll(" (deleted)\n", "\n");
    } catch {
        return null;
    }
}
