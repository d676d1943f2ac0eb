import { closeSync, openSync, readFileSync, readSync } from "node:fs";

/** Where a 32-bit Windows thread keeps its own block's address and its process id, in that block. */
const selfOffset = 0x18;
const pidOffset = 0x20;
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
        const mappings = readFileSync(`/proc/${linuxPid}/maps`, "utf8");
        const memory = openSync(`/proc/${linuxPid}/mem`, "r");
        try {
            for (const [, first, end] of mappings.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw.. \S+ 00:00 /gm)) {
                const found = findBlock(memory, parseInt(first!, 16), parseInt(end!, 16));
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

function findBlock(memory: number, first: number, end: number): number | null {
    if (end - first > largestMapping || end > reach) return null;
    const start = Buffer.alloc(pidOffset + 4);
    for (let address = first; address < end; address += pageBytes) {
        if (readSync(memory, start, 0, start.length, address) < start.length) return null;
        if (start.readUInt32LE(selfOffset) === address) return start.readUInt32LE(pidOffset);
    }
    return null;
}
