import { closeSync, openSync, readSync } from "node:fs";
import { UnreadableFile } from "../files/system-error.js";
import type { ByteSource } from "./byte-source.js";

/** The memory of a process of this Linux system; offsets are addresses. Takes the right to debug that process. */
export class ProcessBytes implements ByteSource {
    readonly file: string;
    readonly #handle: number;

    private constructor(file: string) {
        this.file = file;
        this.#handle = openSync(file, "r");
    }

    /** Opens it for the time of a call: `use` gets null if there is no such process, or if access is denied. */
    static read<T>(pid: number, use: (memory: ProcessBytes | null) => T): T {
        let memory: ProcessBytes | null = null;
        try {
            memory = new ProcessBytes(`/proc/${pid}/mem`);
        } catch {
            // Ended, or another user's.
        }
        try {
            return use(memory);
        } finally {
            if (memory !== null) closeSync(memory.#handle);
        }
    }

    at(offset: number, count: number): Buffer {
        const buffer = this.upTo(offset, count);
        if (buffer.length < count) throw new UnreadableFile(this.file, "not all of it is mapped");
        return buffer;
    }

    upTo(offset: number, count: number): Buffer {
        if (offset + count > Number.MAX_SAFE_INTEGER) return Buffer.alloc(0);
        const buffer = Buffer.alloc(count);
        try {
            return buffer.subarray(0, readSync(this.#handle, buffer, 0, count, offset));
        } catch {
            return Buffer.alloc(0); // nothing is mapped there, or the process has ended
        }
    }
}
