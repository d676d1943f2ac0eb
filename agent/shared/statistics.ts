import {
    snapshotBytes,
    snapshotClassBytes,
    snapshotClassCountOffset,
    snapshotClassLayout,
    snapshotClassLimit,
    snapshotClassesOffset,
    snapshotLayout,
} from "../generated/layout.js";
import type { HistogramRow, PoolStatistics } from "../protocol.js";
import { strategyOf, type ControlBlock } from "./control-block.js";

/** One snapshot of all counters, taken by the C of the pool. */
export function readStatistics(control: ControlBlock): PoolStatistics {
    const block = Memory.alloc(snapshotBytes);
    control.call("snapshot", "void", ["pointer"], block);
    const read = (name: keyof typeof snapshotLayout): number => block.add(snapshotLayout[name]).readU64().toNumber();
    return {
        active: read("active"),
        strategy: strategyOf(read("strategy")),
        layers: ["crt"],
        pool_size: read("pool_size"),
        committed: read("committed"),
        current_used: read("current_used"),
        peak_used: read("peak_used"),
        pool_allocs: read("pool_allocs"),
        fallback_allocs: read("fallback_allocs"),
        total_frees: read("total_frees"),
        pool_frees_ignored: read("pool_frees_ignored"),
        reallocs: read("reallocs"),
        foreign_frees: read("foreign_frees"),
        corrupt_headers: read("corrupt_headers"),
        double_frees: read("double_frees"),
        histogram: readHistogram(block),
    };
}

function readHistogram(block: NativePointer): HistogramRow[] {
    const count = Math.min(block.add(snapshotClassCountOffset).readU32(), snapshotClassLimit);
    return Array.from({ length: count }, (_, index) => {
        const row = block.add(snapshotClassesOffset + snapshotClassBytes * index);
        const read = (name: keyof typeof snapshotClassLayout): number =>
            row.add(snapshotClassLayout[name]).readU64().toNumber();
        return { max_size: read("max_size"), live: read("live"), total: read("total") };
    });
}
