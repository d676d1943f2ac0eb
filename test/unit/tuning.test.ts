import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { tuningInBytes } from "../../host/client/tuning.js";
import type { PoolOptions } from "../../host/config/pool-options.js";
import { UserError } from "../../host/errors.js";

describe("pool tuning", () => {
    it("pool tuning is off by default", () => {
        const off = {
            quarantineBytes: 0,
            prefaultBytes: 0,
            trimIdleSeconds: 0,
            groupBytes: { small: 0, medium: 0, large: 0, huge: 0 },
        };
        assert.deepEqual(tuningInBytes({}), off);
        assert.deepEqual(tuningInBytes({ tuning: { quarantineMb: undefined, groupsMb: { huge: undefined } } }), off);
    });

    it("pool tuning is sent in bytes and seconds", () => {
        const tuning = { quarantineMb: 1, prefaultMb: 2, trimIdleSeconds: 3, groupsMb: { small: 4, huge: 5 } };
        assert.deepEqual(tuningInBytes({ tuning, poolSizeMb: 16 }), {
            quarantineBytes: 1_048_576,
            prefaultBytes: 2_097_152,
            trimIdleSeconds: 3,
            groupBytes: { small: 4_194_304, medium: 0, large: 0, huge: 5_242_880 },
        });
    });

    const wrong: [string, PoolOptions, RegExp][] = [
        [
            "a fraction of a MB",
            { tuning: { quarantineMb: 0.5 } },
            /quarantine_mb is 0\.5, but must be a whole number of MB/,
        ],
        ["NaN", { tuning: { trimIdleSeconds: NaN } }, /trim_idle_s is NaN, but must be/],
        ["a negative number", { tuning: { groupsMb: { small: -1 } } }, /small_mb is -1, but must be/],
        [
            "a prefault larger than the pool",
            { tuning: { prefaultMb: 17 }, poolSizeMb: 16 },
            /more than the pool of 16 MB/,
        ],
        ["groups larger than the pool", { tuning: { groupsMb: { small: 1000, large: 537 } } }, /add up to 1537 MB/],
        ["extra patches without their layers", { extraPatches: true }, /but the layers are crt, gameheap: without/],
        ["segments with bump", { reserve: "segments", strategy: "bump" }, /reserve is segments, but bump needs/],
    ];
    for (const [name, options, message] of wrong) {
        it(`pool tuning with ${name} is refused as wrong usage`, () => {
            assert.throws(
                () => tuningInBytes(options),
                (error: UserError) => error.code === "USAGE" && message.test(error.message),
            );
        });
    }
});
