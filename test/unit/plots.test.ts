import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { blocksBySize } from "../../host/monitor/plots/blocks-by-size.js";
import { callsOverTime, memoryOverTime } from "../../host/monitor/plots/time-series.js";
import type { Sample } from "../../host/monitor/sample.js";
import { statistics } from "./fake-transport.js";
import { sampleAt } from "./sample-at.js";

describe("plots", () => {
    it("plots are unchanged after conversion to JSON and back", () => {
        const taken = [sampleAt(0), sampleAt(1)];
        for (const plot of [memoryOverTime(taken), callsOverTime(taken), blocksBySize(statistics.histogram)]) {
            assert.deepEqual(JSON.parse(JSON.stringify(plot)), plot);
        }
    });

    it("the memory plot shows the largest hole only if it is known", () => {
        const names = (taken: Sample[]) =>
            (memoryOverTime(taken)["series"] as { name: string }[]).map(({ name }) => name);
        assert.deepEqual(names([sampleAt(0)]), ["used", "peak", "committed"]);
        const space = { total: 4_294_836_224, free: 851_915_571, largest_hole: 132_120_576, is_lower_bound: false };
        assert.deepEqual(names([sampleAt(0), sampleAt(1, { address_space: space })]).at(-1), "largest hole");
    });
});
