import { closeSync, openSync, readSync } from "node:fs";
import { type Mapping, readMemoryMap } from "../../../host/process/memory-map.js";
import { controlBytes, controlLayout, controlMagic } from "../../../shared/layout.js";
import type { Range } from "./footprint.js";

/** Where the parts of a pool are in the memory of a process. */
export interface PoolParts {
    readonly region: Range;
    /** The control block, and the tables behind it. */
    readonly tables: Range;
    /** Addresses in the compiled code. */
    readonly code: readonly number[];
    /** Of the resident's own memory. */
    readonly mailbox: number;
}

/**
 * Finds the pool of a process from outside, without the host's own search.
 *
 * @throws if there is none
 */
export function poolOf(pid: number): PoolParts {
    const memory = new ProcessMemory(pid);
    try {
        for (const start of placesOf(pid)) {
            const control = memory.read(start, controlBytes);
            if (control?.toString("latin1", 0, 8) !== controlMagic || wordOf(control, "self") !== start) continue;
            return {
                region: rangeOf(wordOf(control, "region_base"), wordOf(control, "region_bytes")),
                tables: rangeOf(start, wordOf(control, "metadata_bytes")),
                code: [wordOf(control, "snapshot"), wordOf(control, "write_hooks"), wordOf(control, "start_resident")],
                mailbox: wordOf(control, "mailbox"),
            };
        }
    } finally {
        memory.close();
    }
    throw new Error(`process ${pid} has no pool`);
}

/** Memory of another process. */
export class ProcessMemory {
    readonly #file: number;

    constructor(pid: number) {
        this.#file = openSync(`/proc/${pid}/mem`, "r");
    }

    /** Null if a part of the range can't be read. */
    read(address: number, bytes: number): Buffer | null {
        const buffer = Buffer.alloc(bytes);
        try {
            return readSync(this.#file, buffer, 0, bytes, address) === bytes ? buffer : null;
        } catch {
            return null;
        }
    }

    close(): void {
        closeSync(this.#file);
    }
}

/** The mapping that an address is in. */
export function mappingAt(mappings: readonly Mapping[], address: number): Mapping | null {
    return mappings.find(({ start, end }) => start <= address && address < end) ?? null;
}

/** Where a control block may be: Linux joins adjacent mappings of Wine, whose own begin at multiples of 64 KB. */
function placesOf(pid: number): number[] {
    const writable = (readMemoryMap(pid) ?? []).filter(({ access }) => access.startsWith("rw"));
    return writable.flatMap(({ start, end }) => {
        const first = Math.ceil(start / granularity) * granularity;
        const count = Math.max(0, Math.ceil((end - first) / granularity));
        return [start, ...Array.from({ length: count }, (_, index) => first + index * granularity)];
    });
}

const granularity = 65_536;

function rangeOf(start: number, bytes: number): Range {
    return { start, end: start + bytes };
}

function wordOf(control: Buffer, field: keyof typeof controlLayout): number {
    return Number(control.readBigUInt64LE(controlLayout[field].offset));
}
