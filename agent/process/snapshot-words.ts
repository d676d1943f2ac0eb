import {
    snapshotBytes,
    snapshotClassBytes,
    snapshotClassCountOffset,
    snapshotClassesOffset,
    snapshotClassLimit,
    snapshotLayout,
} from "../../shared/layout.js";
import type { ControlBlock } from "./control-block.js";

/** One snapshot of all counters, taken by the C of the pool, up to its last row in use: see `SnapshotReply`. */
export function readWords(control: ControlBlock): string {
    const bytes = takeSnapshot(control);
    const rows = Math.min(new DataView(bytes).getUint32(snapshotClassCountOffset, true), snapshotClassLimit);
    return new Uint32Array(bytes, 0, (snapshotClassesOffset + snapshotClassBytes * rows) / 4).join();
}

/** Some counters of one snapshot, for those who look often. */
export function readCounters<Name extends keyof typeof snapshotLayout>(
    control: ControlBlock,
    ...names: Name[]
): Record<Name, number> {
    const bytes = new DataView(takeSnapshot(control));
    return Object.fromEntries(names.map((name) => [name, readU64(bytes, snapshotLayout[name])])) as Record<
        Name,
        number
    >;
}

/** The bytes are fetched in one piece: a call into the engine for each counter would cost more than the counting. */
function takeSnapshot(control: ControlBlock): ArrayBuffer {
    snapshot ??= Memory.alloc(snapshotBytes);
    control.call("snapshot", "void", ["pointer"], snapshot);
    return snapshot.readByteArray(snapshotBytes)!;
}

let snapshot: NativePointer | null = null;

/** Counters stay far below 2^53. */
function readU64(bytes: DataView, offset: number): number {
    return bytes.getUint32(offset + 4, true) * 2 ** 32 + bytes.getUint32(offset, true);
}
