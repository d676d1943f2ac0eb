import { readFileSync } from "node:fs";

/** A range of a Linux process's addresses, as the kernel tells it. */
export interface Mapping {
    /** First address. */
    readonly start: number;
    /** The address behind the last one. */
    readonly end: number;
    /** Four letters: `rw-p` can be read and written and is private. */
    readonly access: string;
    /** Whether nothing but memory is behind it: no file, and no memory that others share by a name. */
    readonly isAnonymous: boolean;
    /** Path of its file without the note that it has been deleted, a name in brackets such as `[heap]`, or empty. */
    readonly name: string;
}

/**
 * The memory map of a process of this Linux system, from low addresses to high ones.
 *
 * @returns null where there is no such process, where it is closed to us, and on other systems
 */
export function readMemoryMap(pid: number): Mapping[] | null {
    try {
        return parseMemoryMap(readFileSync(`/proc/${pid}/maps`, "utf8"));
    } catch {
        return null;
    }
}

/** The same with the kernel's text at hand. What is no line of it is left out. */
export function parseMemoryMap(text: string): Mapping[] {
    return [...text.matchAll(line)].map(([, start, end, access, device, inode, name]) => ({
        start: parseInt(start!, 16),
        end: parseInt(end!, 16),
        access: access!,
        isAnonymous: device === "00:00" && inode === "0",
        name: name!.replace(/ \(deleted\)$/, ""),
    }));
}

/** Addresses of more than 12 digits are the kernel's own. */
const line = /^([0-9a-f]{1,12})-([0-9a-f]{1,12}) (\S{4}) [0-9a-f]+ (\S+) (\d+)[ \t]*(.*)$/gm;
