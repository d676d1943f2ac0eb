import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { readMemoryMap } from "../../process/memory-map.js";

/** A piece of a process's address space. */
export interface MemoryRange {
    start: number;
    bytes: number;
}

/** The memory of a process of this Linux system, for those who have the right to debug it. */
export class ProcessMemory {
    readonly #pid: number;
    readonly #file: number;

    private constructor(pid: number, file: number) {
        this.#pid = pid;
        this.#file = file;
    }

    /** Null where there is no such process, or where the system does not let us. */
    static open(pid: number): ProcessMemory | null {
        if (process.platform !== "linux") return null;
        try {
            return new ProcessMemory(pid, openSync(`/proc/${pid}/mem`, "r+"));
        } catch {
            return null;
        }
    }

    /** Its private memory of no file that can be read and written; none, where it has ended. */
    writableRanges(): MemoryRange[] {
        return (readMemoryMap(this.#pid) ?? [])
            .filter(({ access, isAnonymous }) => /^rw.p$/.test(access) && isAnonymous)
            .map(({ start, end }) => ({ start, bytes: end - start }));
    }

    /** Null where not all of it can be read: it is not there, or the program has ended. */
    read(address: number, bytes: number): Buffer | null {
        const buffer = Buffer.alloc(bytes);
        try {
            return readSync(this.#file, buffer, 0, bytes, address) === bytes ? buffer : null;
        } catch {
            return null;
        }
    }

    /** False where not all of it could be written. */
    write(address: number, data: Buffer): boolean {
        try {
            return writeSync(this.#file, data, 0, data.length, address) === data.length;
        } catch {
            return false;
        }
    }

    close(): void {
        closeSync(this.#file);
    }
}
