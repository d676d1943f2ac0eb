import assert from "node:assert/strict";
import { describe, it } from "node:test";
import pico from "picocolors";
import { sampleLine } from "../../host/monitor/outputs/line-output.js";
import { render, sparkline } from "../../host/monitor/outputs/render-view.js";
import { FakeTransport } from "./fake-transport.js";
import { sampleAt } from "./sample-at.js";

describe("live view", () => {
    const plain = pico.createColors(false);
    const facts = new FakeTransport().facts;

    it("live view: no line is wider than the terminal, from 40 columns on", () => {
        const busy = sampleAt(1, {
            pool_allocs: 123_456_789_012,
            address_space: {
                total: 4_294_836_224,
                free: 851_915_571,
                largest_hole: 132_120_576,
                is_lower_bound: false,
            },
        });
        const named = { ...facts, program: `C:\\${"long\\".repeat(40)}\x1b[2JFalloutNV.exe` };
        for (const width of [39, 60, 79, 200]) {
            const lines = render([sampleAt(0), busy], named, width, plain);
            assert.ok(Math.max(...lines.map((line) => [...line].length)) <= width, lines.join("\n"));
            assert.ok(lines[0]!.includes("FalloutNV.exe (pid 4711)"));
            assert.ok(!lines.join("").includes("\x1b"), "no escape sequences of the program's name");
            assert.match(lines.join("\n"), /used +487\.23 of 1024\.00 MB/);
            assert.match(lines.join("\n"), /addresses +812\.45 of 4095\.88 MB\n +hole +126\.00 MB/);
        }
    });

    it("live view: reports an inactive pool, and lists the largest size classes", () => {
        const text = render([sampleAt(0, { active: 0 })], facts, 60, plain).join("\n");
        assert.match(text, /not active: new allocations go elsewhere/);
        assert.match(text, /<= 1 KB +0\.04 MB #+\n<= 16 B +0\.00 MB #/);
        assert.doesNotMatch(text, /addresses/);
    });

    it("live view: shows the use of a pool in segments as a share of its limit", () => {
        const grown = { pool_size: 64 * 1_048_576, pool_limit: 1024 * 1_048_576, current_used: 32 * 1_048_576 };
        for (const changes of [grown, { ...grown, pool_size: 0, committed: 0, current_used: 0, peak_used: 0 }]) {
            const text = render([sampleAt(0, changes)], facts, 60, plain).join("\n");
            assert.doesNotMatch(text, /NaN|Infinity/);
            const used = changes.current_used / 1_048_576;
            assert.ok(text.includes(`${used.toFixed(2)} of 1024.00 MB`), text);
            assert.ok(text.includes(`${(used / 10.24).toFixed(1)} %`), text);
            assert.match(text, /reserved +(64|0)\.00 MB/);
            assert.match(sampleLine(sampleAt(0, changes)), /used \d+\.00 of 1024\.00 MB/);
        }
        assert.doesNotMatch(render([sampleAt(0)], facts, 60, plain).join("\n"), /reserved/);
        const nothing = render([sampleAt(0, { pool_size: 0, pool_limit: 0, current_used: 0 })], facts, 60, plain);
        assert.doesNotMatch(nothing.join("\n"), /NaN|Infinity/);
    });

    it("sparkline: scales between the lowest and the highest value", () => {
        assert.equal(sparkline([0, 50, 100]), "▁▅█");
        assert.equal(sparkline([7, 7]), "▁▁");
    });
});
