import {
    snapshotBytes,
    snapshotClassBytes,
    snapshotClassCountOffset,
    snapshotClassLayout,
    snapshotClassLimit,
    snapshotClassesOffset,
    snapshotBytesOffset,
    snapshotLayout,
    snapshotVersion,
    snapshotVersionOffset,
    strategies,
} from "../generated/layout.js";
import type { HistogramRow, Layer, LayerCounters, PoolStatistics } from "../protocol.js";
import type { ControlBlock } from "./control-block.js";
import { measureAddressSpace } from "./address-space.js";
import { Refusal } from "./refusal.js";

/**
 * One snapshot of all counters, taken by the C of the pool.
 *
 * @throws Refusal FORGED_POOL when what comes out is no snapshot
 */
export function readStatistics(control: ControlBlock, layers: Layer[]): PoolStatistics {
    const bytes = takeSnapshot(control);
    if (!isSnapshot(bytes)) throw new Refusal("FORGED_POOL", "the pool's statistics are none");
    const read = (name: keyof typeof snapshotLayout): number => readU64(bytes, snapshotLayout[name]);
    return {
        active: read("active"),
        strategy: read("strategy") === strategies.bump ? "bump" : "recycle",
        layers,
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
        by_layer: countersByLayer(layers, read),
        histogram: readHistogram(bytes),
        address_space: measureAddressSpace(),
    };
}

/**
 * The C counts the game's blocks among all, and those of scrap heaps apart from them. While threads run, the game's may be
 * counted a moment later than all.
 */
function countersByLayer(
    layers: readonly Layer[],
    read: (name: keyof typeof snapshotLayout) => number,
): PoolStatistics["by_layer"] {
    const counters: Record<Layer, LayerCounters> = {
        crt: {
            pool_allocs: Math.max(0, read("pool_allocs") - read("game_allocs")),
            fallback_allocs: Math.max(0, read("fallback_allocs") - read("game_fallbacks")),
        },
        gameheap: { pool_allocs: read("game_allocs"), fallback_allocs: read("game_fallbacks") },
        scrapheap: { pool_allocs: read("scrap_allocs"), fallback_allocs: read("scrap_fallbacks") },
    };
    return Object.fromEntries(layers.map((layer) => [layer, counters[layer]]));
}

/** Some counters of one snapshot, for those who look often. */
export function readCounters<Name extends keyof typeof snapshotLayout>(
    control: ControlBlock,
    ...names: Name[]
): Record<Name, number> {
    const bytes = takeSnapshot(control);
    return Object.fromEntries(names.map((name) => [name, readU64(bytes, snapshotLayout[name])])) as Record<
        Name,
        number
    >;
}

/** The bytes are fetched in one piece: a call into the engine for each counter would cost more than the counting. */
function takeSnapshot(control: ControlBlock): DataView {
    snapshot ??= Memory.alloc(snapshotBytes);
    control.call("snapshot", "void", ["pointer"], snapshot);
    return new DataView(snapshot.readByteArray(snapshotBytes)!);
}

let snapshot: NativePointer | null = null;

function isSnapshot(bytes: DataView): boolean {
    return (
        bytes.getUint32(snapshotBytesOffset, true) === snapshotBytes &&
        bytes.getUint32(snapshotVersionOffset, true) === snapshotVersion &&
        bytes.getUint32(snapshotClassCountOffset, true) <= snapshotClassLimit &&
        readU64(bytes, snapshotLayout.strategy) <= strategies.bump
    );
}

/** Counters stay far below 2^53. */
function readU64(bytes: DataView, offset: number): number {
    return bytes.getUint32(offset + 4, true) * 2 ** 32 + bytes.getUint32(offset, true);
}

function readHistogram(bytes: DataView): HistogramRow[] {
    const count = bytes.getUint32(snapshotClassCountOffset, true);
    return Array.from({ length: count }, (_, index) => {
        const row = snapshotClassesOffset + snapshotClassBytes * index;
        const read = (name: keyof typeof snapshotClassLayout): number =>
            readU64(bytes, row + snapshotClassLayout[name]);
        return { max_size: read("max_size"), live: read("live"), total: read("total") };
    });
}
