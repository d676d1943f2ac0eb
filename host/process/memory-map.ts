import { readFileSync } from "node:fs";

/** A mapping of a Linux process, as in proc(5). */
export interface Mapping {
    /** First address. */
    readonly start: number;
    /** The address after the last one. */
    readonly end: number;
    /** Four letters: `rw-p` is readable, writable and private. */
    readonly access: string;
    /** Where in the file the mapping begins, in bytes. */
    readonly offset: number;
    /** Of its file, in decimal; "0" without one. */
    readonly inode: string;
    /** Whether no file is mapped, and no named shared memory. */
    readonly isAnonymous: boolean;
    /** Path of its file without ` (deleted)`, a name in brackets such as `[heap]`, or empty. */
    readonly name: string;
    /** Whether its file has no name any more: another file may be at that path. */
    readonly isDeleted: boolean;
}

/** Whether a file is mapped, not anonymous memory that the program gave a name: Frida's agent has one. */
export function isOfFile({ name }: Mapping): boolean {
    return name.startsWith("/") && !name.startsWith("/memfd:");
}

/**
 * The memory map of a process of this Linux system, from low addresses to high ones.
 *
 * @returns null if there is no such process or we may not read it, and on other systems
 */
export function readMemoryMap(pid: number): Mapping[] | null {
    try {
        return parseMemoryMap(readFileSync(`/proc/${pid}/maps`, "utf8"));
    } catch {
        return null;
    }
}

/** Parses the text of `/proc/PID/maps`. Lines that do not match its format are left out. */
export function parseMemoryMap(text: string): Mapping[] {
    return [...text.matchAll(line)].map(([, start, end, access, offset, device, inode, name]) => ({
        start: parseInt(start!, 16),
        end: parseInt(end!, 16),
        access: access!,
        offset: parseInt(offset!, 16),
        inode: inode!,
        isAnonymous: device === "00:00" && inode === "0",
        name: name!.replace(deletedMark, ""),
        isDeleted: deletedMark.test(name!),
    }));
}

const deletedMark = / \(deleted\)$/;

/** Addresses with more than 12 digits are the kernel's own: such lines are left out. */
const line = /^([0-9a-f]{1,12})-([0-9a-f]{1,12}) (\S{4}) ([0-9a-f]+) (\S+) (\d+)[ \t]*(.*)$/gm;
