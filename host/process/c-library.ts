import { type Mapping, readMemoryMap } from "./memory-map.js";

/**
 * Whether a Linux program runs without a shared C library: frida-core, not finding one, would end it.
 *
 * @param map its memory map
 */
export function isLinkedStatically(map: readonly Mapping[]): boolean {
    return !map.some(({ name }) => sharedLibrary.test(name));
}

/**
 * How many C libraries a Linux program has loaded, each with an allocator of its own: `dlmopen` loads another one. Code of
 * one library is in one segment, so that all its mappings have the same distance to their places in the file.
 *
 * @param map its memory map
 */
export function countLibraries(map: readonly Mapping[]): number {
    const code = map.filter(({ name, access }) => soleLibrary.test(name) && access.includes("x"));
    return new Set(code.map(({ name, start, offset }) => `${name} ${start - offset}`)).size;
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

/** glibc's and musl's own names, not those of other libraries that begin like them. */
const soleLibrary = /\/(libc\.so(\.\d+)?|libc-[\d.]+\.so|ld-musl-[^/]+)$/;
