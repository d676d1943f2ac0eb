import {
    snapshotBytes,
    snapshotClassBytes,
    snapshotClassCountOffset,
    snapshotClassesOffset,
    snapshotClassLimit,
    snapshotLayout,
} from "../../shared/layout.js";
import type { ControlBlock } from "./control-block.js";

/** A snapshot of all counters in the form of `SnapshotReply.words`. */
export function readWords(control: ControlBlock): string {
    const bytes = takeSnapshot(control);
    const rows = Math.min(new DataView(bytes).getUint32(snapshotClassCountOffset, true), snapshotClassLimit);
    return new Uint32Array(bytes, 0, (snapshotClassesOffset + snapshotClassBytes * rows) / 4).join();
}

/** Some counters of one snapshot. */
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

/** Reads the bytes at once: one call into Frida for each counter would cost more than taking the snapshot. */
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
