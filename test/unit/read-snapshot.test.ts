import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readSnapshot } from "../../host/client/read-snapshot.js";
import { UserError } from "../../host/errors.js";
import {
    snapshotBytes,
    snapshotClassBytes,
    snapshotClassCountOffset,
    snapshotClassesOffset,
    snapshotClassLayout,
    snapshotLayout,
    snapshotVersion,
    snapshotVersionOffset,
} from "../../shared/layout.js";

const rows = 2;
const facts = { layers: ["crt" as const, "gameheap" as const], poolBytes: 0x6000_0000 };

/** A snapshot with some bytes changed. */
function snapshot(change: (bytes: DataView) => void = () => {}): Uint8Array {
    const bytes = new DataView(new ArrayBuffer(snapshotClassesOffset + rows * snapshotClassBytes));
    bytes.setUint32(0, snapshotBytes, true);
    bytes.setUint32(snapshotVersionOffset, snapshotVersion, true);
    bytes.setUint32(snapshotClassCountOffset, rows, true);
    bytes.setBigUint64(snapshotLayout.active, 1n, true);
    bytes.setBigUint64(snapshotLayout.pool_size, 0x6000_0000n, true);
    bytes.setBigUint64(snapshotLayout.pool_allocs, 0x1_0000_0007n, true);
    bytes.setBigUint64(snapshotLayout.game_allocs, 7n, true);
    bytes.setBigUint64(snapshotClassesOffset + snapshotClassBytes + snapshotClassLayout.live, 5n, true);
    change(bytes);
    return new Uint8Array(bytes.buffer);
}

const read = (bytes: Uint8Array) => readSnapshot({ bytes, address_space: null }, facts);

describe("readSnapshot", () => {
    it("readSnapshot decodes 64-bit counters, layers and size classes", () => {
        const { active, strategy, pool_allocs, by_layer, histogram, pool_limit } = read(snapshot());
        assert.deepEqual(
            { active, strategy, pool_allocs },
            { active: 1, strategy: "recycle", pool_allocs: 2 ** 32 + 7 },
        );
        assert.deepEqual(by_layer, {
            crt: { pool_allocs: 2 ** 32, fallback_allocs: 0 },
            gameheap: { pool_allocs: 7, fallback_allocs: 0 },
        });
        assert.deepEqual(histogram, [
            { max_size: 0, live: 0, total: 0 },
            { max_size: 0, live: 5, total: 0 },
        ]);
        assert.equal(pool_limit, 0x6000_0000);
    });

    const forged: Record<string, Uint8Array> = {
        "another version": snapshot((bytes) => bytes.setUint32(snapshotVersionOffset, snapshotVersion + 1, true)),
        "another length": snapshot((bytes) => bytes.setUint32(0, snapshotBytes - 8, true)),
        "more rows than the limit": snapshot((bytes) => bytes.setUint32(snapshotClassCountOffset, 97, true)),
        "more rows than it has bytes for": snapshot((bytes) =>
            bytes.setUint32(snapshotClassCountOffset, rows + 1, true),
        ),
        "an unknown strategy": snapshot((bytes) => bytes.setBigUint64(snapshotLayout.strategy, 2n, true)),
        "an active state of 2": snapshot((bytes) => bytes.setBigUint64(snapshotLayout.active, 2n, true)),
        "a counter of 2^53": snapshot((bytes) => bytes.setBigUint64(snapshotLayout.reallocs, 2n ** 53n, true)),
        "a size larger than any pool": snapshot((bytes) =>
            bytes.setBigUint64(snapshotLayout.pool_size, 2n ** 40n, true),
        ),
        "only its first bytes": snapshot().slice(0, 30),
        "no bytes": new Uint8Array(0),
    };
    for (const [what, bytes] of Object.entries(forged)) {
        it(`readSnapshot refuses ${what}`, () =>
            assert.throws(
                () => read(bytes),
                (error) => error instanceof UserError && error.code === "FORGED_POOL",
            ));
    }
});
