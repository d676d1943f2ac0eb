import { UserError } from "../errors.js";
import { readMemoryMap } from "./memory-map.js";

/**
 * Refuses a Linux program that runs without a shared C library: frida-core, not finding one, would end the program.
 *
 * @throws UserError NO_KNOWN_RUNTIME
 */
export function refuseWithoutLibrary(pid: number): void {
    const map = readMemoryMap(pid); // if we may not read it, frida-core reports that
    if (map === null || map.some(({ name }) => sharedLibrary.test(name))) return;
    throw new UserError(
        "NO_KNOWN_RUNTIME",
        `pid ${pid} is a program without a shared C library (linked statically)`,
        "poolnv serves programs that use the system's C library, msvcrt.dll or ucrtbase.dll; this one does not.",
    );
}

/**
 * Whether a program has loaded the C library itself, not only its loader: at the start of a program it has not.
 *
 * @returns null if its memory map can't be read
 */
export function hasLoadedLibrary(pid: number): boolean | null {
    return readMemoryMap(pid)?.some(({ name }) => library.test(name)) ?? null;
}

const library = /\/libc[.-][^/]*$/;

/** The C library or its loader: at the start of a program only the loader is there. */
const sharedLibrary = /\/(libc|ld)[.-][^/]*$/;
