import assert from "node:assert/strict";
import path from "node:path";
import { describe, it } from "node:test";
import {
    columnNames,
    type Columns,
    packColumns,
    thinSamples,
    unpackColumns,
} from "../../../host/loadtest/report/sample-columns.js";
import { writeReport } from "../../../host/loadtest/report/write-report.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { writeResults } from "./generate-results.js";
import { variedRun } from "./made-up-runs.js";
import { detailsOf } from "./read-file.js";

describe("samples in a report", () => {
    it("thinning leaves few samples as they are", () => {
        assert.deepEqual(thinSamples(waves(100), 120), waves(100));
    });

    it("thinning retains the lowest and the highest value of each span at their own times", () => {
        const given = waves(10_000);
        given.used[4321] = 1_000_000; // one moment that no mean would show
        given.hole[7777] = 1;
        const thin = thinSamples(given, 600);
        assert.ok(thin.at.length <= 600 && thin.at.length > 100, String(thin.at.length));
        const indexes = thin.at.map((at) => given.at.indexOf(at));
        for (const name of columnNames) {
            assert.deepEqual(
                thin[name],
                indexes.map((index) => given[name][index]),
                "only whole samples",
            );
        }
        assert.ok(thin.used.includes(1_000_000));
        assert.ok(thin.hole.includes(1));
        const spans = 600 / (2 * columnNames.length);
        for (let span = 0; span < spans; span++) {
            const within = (columns: Columns) =>
                columns.used.filter(
                    (_, index) => Math.min(spans - 1, Math.floor((columns.at[index]! / 999_900) * spans)) === span,
                );
            const [retained, all] = [within(thin) as number[], within(given) as number[]];
            assert.equal(Math.max(...retained), Math.max(...all));
            assert.equal(Math.min(...retained), Math.min(...all));
        }
    });

    it("packed samples are unpacked unchanged, with gaps", () => {
        const columns = { ...waves(50), hole: waves(50).hole.map((value, index) => (index % 7 === 3 ? null : value)) };
        assert.deepEqual(unpackColumns(packColumns(columns)), columns);
    });

    it("a report of 30,000 samples retains the peak and states how many there were", async () => {
        const folder = scratchFolder();
        const [results, file] = [path.join(folder, "run.jsonl"), path.join(folder, "report.html")];
        await writeResults(results, [{ ...variedRun[0]!, samples: 30_000, peakShare: 0.5 }]);
        await writeReport({ results, file });
        const { samples, samplesTaken } = detailsOf(file, 0);
        const { at, used } = unpackColumns(samples);
        assert.equal(samplesTaken, 30_000);
        assert.ok(at.length <= 6000 && at.length > 1000, String(at.length));
        assert.equal(Math.max(...(used as number[])), 512 * 1024);
        assert.deepEqual([at[0]! < 3100, at.at(-1)! > 3_002_000], [true, true], "from the first to the last");
    });
});

/** Samples at intervals of 0.1 s. */
function waves(samples: number): Columns {
    const column = (of: (index: number) => number | null) => Array.from({ length: samples }, (_, index) => of(index));
    return {
        at: column((index) => index * 100),
        used: column((index) => Math.round(5000 + 4000 * Math.sin(index / 37))),
        peak: column((index) => Math.min(9000, index * 10)),
        committed: column((index) => 100 * Math.floor(index / 400)),
        hole: column((index) => 900_000 - index),
        fallbackRate: column((index) => (index === 0 ? null : index % 900 === 5 ? 250 : 0)),
    };
}
