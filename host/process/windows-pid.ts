import { closeSync, openSync, readSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Mapping, readMemoryMap } from "./memory-map.js";
import { readProcessTable, type WineProcess } from "./process-table.js";

/** Offsets in the thread environment block (TEB) of a 32-bit Windows thread; `environment` points to the PEB. */
const teb = { stackBase: 0x04, stackLimit: 0x08, self: 0x18, pid: 0x20, environment: 0x30, bytes: 0x34 };
/** Offset of the image's address in the process environment block (PEB). */
const imageBase = 0x08;
const pageBytes = 0x1000;
/** TEBs are in small mappings below 4 GB; larger ones are not searched, whatever a program maps. */
const largestMapping = 4 * 1024 * 1024;
const addressLimit = 2 ** 32;

/**
 * The pid that a process of this system has inside Wine. Wine does not report it to Linux; it is read from the TEB of one
 * of its threads.
 *
 * @returns null if no TEB is found, or if we may not read the memory
 */
export function windowsPid(linuxPid: number): number | null {
    try {
        const memory = openSync(`/proc/${linuxPid}/mem`, "r");
        try {
            for (const mapping of readMemoryMap(linuxPid) ?? []) {
                const found = mayHaveTeb(mapping) ? findTeb(memory, mapping) : null;
                if (found !== null) return found;
            }
            return null;
        } finally {
            closeSync(memory);
        }
    } catch {
        return null;
    }
}

/**
 * The process of this system that Wine runs a Windows program in.
 *
 * @param pid that it has inside Wine, which another prefix may have given to another program
 * @param prefix null: Wine's own default
 * @returns null if there is none, or more than one
 */
export function findWineProcess(pid: number, prefix: string | null): { pid: number; wine: WineProcess } | null {
    const found = readProcessTable().flatMap((row) =>
        row.wine !== null && isSamePrefix(row.wine, prefix) && windowsPid(row.pid) === pid
            ? [{ pid: row.pid, wine: row.wine }]
            : [],
    );
    return found.length === 1 ? found[0]! : null;
}

function isSamePrefix({ prefix, home }: WineProcess, wanted: string | null): boolean {
    const folder = (given: string | null): string => realPath(given ?? join(home ?? homedir(), ".wine"));
    return folder(prefix) === folder(wanted);
}

function realPath(path: string): string {
    try {
        return realpathSync(path);
    } catch {
        return path;
    }
}

function mayHaveTeb({ start, end, access, isAnonymous }: Mapping): boolean {
    return access.startsWith("rw") && isAnonymous && end - start <= largestMapping && end <= addressLimit;
}

function findTeb(memory: number, { start: first, end }: Mapping): number | null {
    for (let address = first; address < end; address += pageBytes) {
        const start = read(memory, address, teb.bytes);
        if (start === null) return null;
        if (start.readUInt32LE(teb.self) === address && isTeb(memory, start)) return start.readUInt32LE(teb.pid);
    }
    return null;
}

/** Pages of a heap may also have their own address at the same offset, so the rest is checked too. */
function isTeb(memory: number, start: Buffer): boolean {
    const environment = start.readUInt32LE(teb.environment);
    if (start.readUInt32LE(teb.stackBase) <= start.readUInt32LE(teb.stackLimit)) return false;
    if (environment === 0 || environment % pageBytes !== 0) return false;
    const image = read(memory, environment + imageBase, 4)?.readUInt32LE() ?? 0;
    return image !== 0 && read(memory, image, 2)?.toString("latin1") === "MZ";
}

/** Null if it can't be read. */
function read(memory: number, address: number, bytes: number): Buffer | null {
    const buffer = Buffer.alloc(bytes);
    try {
        return readSync(memory, buffer, 0, bytes, address) === bytes ? buffer : null;
    } catch {
        return null;
    }
}
