import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { histogramBars } from "../../host/repl/statistics-lines.js";
import { statisticsBlock } from "../../host/text/statistics-block.js";
import { list } from "../../host/text/words.js";
import { megabytes } from "../../shared/bytes.js";
import { statistics } from "./fake-transport.js";

describe("formatters", () => {
    it("statisticsBlock prints the contract's block", () => {
        assert.equal(
            statisticsBlock(statistics).join("\n"),
            "=== Memory Pool Statistics ===\n" +
                "Pool allocations: 45782\n" +
                "Fallback allocations: 12\n" +
                "Total frees: 31204 (ignored: 31192)\n" +
                "Realloc operations: 1523\n" +
                "Current usage: 487.23 MB\n" +
                "Peak usage: 512.45 MB",
        );
    });

    it("megabytes divides by 1,048,576 and prints two decimals", () => {
        assert.equal(megabytes(0), "0.00");
        assert.equal(megabytes(1_048_576), "1.00");
        assert.equal(megabytes(1_610_612_736), "1536.00");
    });

    it("histogramBars draws a bar for each size class that was used", () => {
        assert.deepEqual(histogramBars(statistics.histogram), [
            `<= 16 B  ${"####".padEnd(40)}  live  4  total  9`,
            `<= 1 KB  ${"#".repeat(40)}  live 40  total 44`,
            `<= 4 KB  ${" ".repeat(40)}  live  0  total  7`,
        ]);
        assert.deepEqual(histogramBars([]), []);
    });

    it('list joins words with commas and "and"', () => {
        assert.deepEqual(
            [[], ["a"], ["a", "b"], ["a", "b", "c"]].map((words) => list(words)),
            ["", "a", "a and b", "a, b and c"],
        );
    });
});
