import { closeSync, openSync, readSync } from "node:fs";
import { type Mapping, readMemoryMap } from "./memory-map.js";

/** Offsets in the block that every 32-bit Windows thread has. */
const block = { stackBase: 0x04, stackLimit: 0x08, self: 0x18, pid: 0x20, environment: 0x30, bytes: 0x34 };
/** Offset in the block that its process has: where its program lies in memory. */
const imageBase = 0x08;
const pageBytes = 0x1000;
/** Blocks of threads lie in small mappings, within reach of 32 bits; more is not searched, whatever a program maps. */
const largestMapping = 4 * 1024 * 1024;
const reach = 2 ** 32;

/**
 * The pid by which Wine and the programs in it know a process of this system. Wine itself doesn't tell; every Windows
 * thread has a block in memory that says it.
 *
 * @returns null where no block is found, or where the memory is closed to us
 */
export function windowsPid(linuxPid: number): number | null {
    try {
        const memory = openSync(`/proc/${linuxPid}/mem`, "r");
        try {
            for (const mapping of readMemoryMap(linuxPid) ?? []) {
                const found = mayHaveBlocks(mapping) ? findBlock(memory, mapping) : null;
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

function mayHaveBlocks({ start, end, access, isAnonymous }: Mapping): boolean {
    return access.startsWith("rw") && isAnonymous && end - start <= largestMapping && end <= reach;
}

function findBlock(memory: number, { start: first, end }: Mapping): number | null {
    for (let address = first; address < end; address += pageBytes) {
        const start = read(memory, address, block.bytes);
        if (start === null) return null;
        if (start.readUInt32LE(block.self) === address && isBlock(memory, start)) return start.readUInt32LE(block.pid);
    }
    return null;
}

/** Many a page of a heap holds its own address at the same place, so the rest must fit, too. */
function isBlock(memory: number, start: Buffer): boolean {
    const environment = start.readUInt32LE(block.environment);
    if (start.readUInt32LE(block.stackBase) <= start.readUInt32LE(block.stackLimit)) return false;
    if (environment === 0 || environment % pageBytes !== 0) return false;
    const image = read(memory, environment + imageBase, 4)?.readUInt32LE() ?? 0;
    return image !== 0 && read(memory, image, 2)?.toString("latin1") === "MZ";
}

/** Null where nothing can be read. */
function read(memory: number, address: number, bytes: number): Buffer | null {
    const buffer = Buffer.alloc(bytes);
    try {
        return readSync(memory, buffer, 0, bytes, address) === bytes ? buffer : null;
    } catch {
        return null;
    }
}
