import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { readMemoryMap } from "../../process/memory-map.js";

/** A range of a process's address space. */
export interface MemoryRange {
    start: number;
    bytes: number;
}

/** The memory of a process of this Linux system, by `/proc/<pid>/mem`; takes the right to debug that process. */
export class ProcessMemory {
    readonly #pid: number;
    #file: number | null;

    private constructor(pid: number, file: number) {
        this.#pid = pid;
        this.#file = file;
    }

    /** Null if there is no such process, or if access is denied. */
    static open(pid: number): ProcessMemory | null {
        if (process.platform !== "linux") return null;
        try {
            return new ProcessMemory(pid, openSync(`/proc/${pid}/mem`, "r+"));
        } catch {
            return null;
        }
    }

    /** Private anonymous ranges that can be read and written; empty if the process has ended. */
    writableRanges(): MemoryRange[] {
        return (readMemoryMap(this.#pid) ?? [])
            .filter(({ access, isAnonymous }) => /^rw.p$/.test(access) && isAnonymous)
            .map(({ start, end }) => ({ start, bytes: end - start }));
    }

    /** Null if not all of it can be read: it is not mapped, or the process has ended. */
    read(address: number, bytes: number): Buffer | null {
        if (this.#file === null) return null;
        const buffer = Buffer.alloc(bytes);
        try {
            return readSync(this.#file, buffer, 0, bytes, address) === bytes ? buffer : null;
        } catch {
            return null;
        }
    }

    /** False if not all of it could be written. */
    write(address: number, data: Buffer): boolean {
        if (this.#file === null) return false;
        try {
            return writeSync(this.#file, data, 0, data.length, address) === data.length;
        } catch {
            return false;
        }
    }

    /** Idempotent. Nothing can be read or written afterwards. */
    close(): void {
        if (this.#file !== null) closeSync(this.#file);
        this.#file = null;
    }
}
