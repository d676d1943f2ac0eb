import {
    snapshotBytes,
    snapshotBytesOffset,
    snapshotClassBytes,
    snapshotClassCountOffset,
    snapshotClassesOffset,
    snapshotClassLayout,
    snapshotClassLimit,
    snapshotLayout,
    snapshotVersion,
    snapshotVersionOffset,
    strategies,
} from "../../shared/layout.js";
import type { HistogramRow, LayerCounters, PoolStatistics } from "../../shared/pool-statistics.js";
import type { Layer } from "../../shared/protocol/install.js";
import type { PoolFacts, SnapshotReply } from "../../shared/protocol/pool.js";
import { forgedPool, statistics } from "./replies.js";

type Counter = keyof typeof snapshotLayout;

/**
 * Decodes and validates a snapshot.
 *
 * @throws UserError FORGED_POOL
 */
export function readSnapshot(
    { bytes, address_space }: SnapshotReply,
    { layers, poolBytes }: Pick<PoolFacts, "layers" | "poolBytes">,
): PoolStatistics {
    const snapshot = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!isSnapshot(snapshot)) throw forgedPool("sent an invalid snapshot");
    const read = (name: Counter): number => u64At(snapshot, snapshotLayout[name]);
    const found = statistics.safeParse({
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
        stray_pointers: read("stray_pointers"),
        double_frees: read("double_frees"),
        by_layer: countersByLayer(layers, read),
        histogram: readHistogram(snapshot),
        address_space,
    });
    if (!found.success) throw forgedPool(`sent an impossible counter (${found.error.issues[0]!.path.join(".")})`);
    return { ...found.data, pool_limit: poolBytes };
}

function isSnapshot(snapshot: DataView): boolean {
    if (snapshot.byteLength < snapshotClassesOffset) return false;
    const rows = u32At(snapshot, snapshotClassCountOffset);
    return (
        u32At(snapshot, snapshotBytesOffset) === snapshotBytes &&
        u32At(snapshot, snapshotVersionOffset) === snapshotVersion &&
        rows <= snapshotClassLimit &&
        snapshot.byteLength >= snapshotClassesOffset + snapshotClassBytes * rows &&
        u64At(snapshot, snapshotLayout.strategy) <= strategies.bump
    );
}

/**
 * The C counts the game's blocks in the totals, too, and those of scrap heaps apart. While threads run, the game's counter
 * may be read a moment later than the total.
 */
function countersByLayer(layers: readonly Layer[], read: (name: Counter) => number): PoolStatistics["by_layer"] {
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

function readHistogram(snapshot: DataView): HistogramRow[] {
    return Array.from({ length: u32At(snapshot, snapshotClassCountOffset) }, (_, index) => {
        const row = snapshotClassesOffset + snapshotClassBytes * index;
        const read = (name: keyof typeof snapshotClassLayout): number =>
            u64At(snapshot, row + snapshotClassLayout[name]);
        return { max_size: read("max_size"), live: read("live"), total: read("total") };
    });
}

function u32At(snapshot: DataView, offset: number): number {
    return snapshot.getUint32(offset, true);
}

/** Counters stay far below 2^53; the checks refuse larger values. */
function u64At(snapshot: DataView, offset: number): number {
    return Number(snapshot.getBigUint64(offset, true));
}
