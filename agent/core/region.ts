import { ControlBlock } from "../shared/control-block.js";
import { metadataBytes } from "../generated/layout.js";
import { Refusal } from "../shared/refusal.js";
import { system } from "../shared/system/index.js";

/** Address space of the pool: reserved once, backed by memory on demand, never given back. */
export interface Region {
    base: NativePointer;
    bytes: number;
}

const MEGABYTE = 0x100000;
/** How far a failed reservation steps down at a time, and where it gives up. */
const STEP_BYTES = 64 * MEGABYTE;
const SMALLEST_BYTES = 16 * MEGABYTE;

/**
 * Reserves the region, as large as asked for or the largest smaller size that finds a hole in the address space.
 *
 * @returns the region, and in `stepDown` a sentence for people where it is smaller than asked for
 * @throws Refusal NO_ROOM
 */
export function reserveRegion(wanted: number): { region: Region; stepDown: string | null } {
    for (let bytes = wanted; bytes >= SMALLEST_BYTES; bytes = nextSize(bytes)) {
        const base = system().reserve(bytes);
        if (base === null) continue;
        return { region: { base, bytes }, stepDown: bytes === wanted ? null : explain(wanted, bytes) };
    }
    throw new Refusal("NO_ROOM", `the program's address space has no free range of even ${inMb(SMALLEST_BYTES)}`);
}

/** The control block, the pool's own state and its page table, for a region of that many bytes. */
export function reserveMetadata(regionBytes: number): { control: ControlBlock; metadataBytes: number } {
    const bytes = metadataBytes(regionBytes, Process.pointerSize);
    const base = system().allocate(bytes);
    if (base === null) throw new Refusal("NO_ROOM", `the system refused ${inMb(bytes)} for the pool's own tables`);
    return { control: new ControlBlock(base), metadataBytes: bytes };
}

function nextSize(bytes: number): number {
    return bytes > STEP_BYTES ? Math.ceil(bytes / STEP_BYTES - 1) * STEP_BYTES : bytes - SMALLEST_BYTES;
}

function explain(wanted: number, got: number): string {
    const flag =
        system().name === "windows" && Process.pointerSize === 4
            ? "; a 32-bit program without the large-address-aware flag has only 2 GB in all"
            : "";
    return `the pool has ${inMb(got)} instead of ${inMb(wanted)}: the address space has no larger free range${flag}`;
}

function inMb(bytes: number): string {
    return `${Math.floor(bytes / MEGABYTE)} MB`;
}
