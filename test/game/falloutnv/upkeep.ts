import { closeSync, openSync, readSync } from "node:fs";

/** Address of the stand-in's counters of heap maintenance (`test/fixtures/standin/program/upkeep.h`). */
const countersAt = 0x012f_e000;

const kinds = [
    "construct_pools",
    "construct_heaps",
    "construct_inner",
    "reset_statistics",
    "purge_pool",
    "purge_pools",
    "unreference_arena",
    "release_arena",
    "construct_scrap_manager",
    "ask_scrap_manager",
    "release_scrap_buffers",
    "late",
    "set_up_threads",
] as const;

/**
 * Reads the counters, in the stand-in's order.
 *
 * @param pid Linux pid
 */
export function readUpkeep(pid: number): Record<(typeof kinds)[number], number> {
    const memory = readMemory(pid, countersAt, 4 * kinds.length);
    return Object.fromEntries(kinds.map((kind, index) => [kind, memory.readUInt32LE(4 * index)])) as ReturnType<
        typeof readUpkeep
    >;
}

/** Reads memory of a process, by its Linux pid. */
export function readMemory(pid: number, address: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    const memory = openSync(`/proc/${pid}/mem`, "r");
    try {
        readSync(memory, bytes, 0, length, address);
        return bytes;
    } finally {
        closeSync(memory);
    }
}
