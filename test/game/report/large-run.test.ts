import assert from "node:assert/strict";
import path from "node:path";
import { describe, it } from "node:test";
import { writeReport } from "../../../host/loadtest/report/write-report.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { keepPicture, openPage, startBrowser, whyNoBrowser } from "./browser.js";
import { writeResults } from "./generate-results.js";
import { longNight } from "./made-up-runs.js";
import { inkOf, rowTexts } from "./read-page.js";

const megabyte = 1_048_576;

describe("a large report", { skip: whyNoBrowser() ?? false }, () => {
    const folder = scratchFolder();

    it("the report of 500 saves with 1,000 samples each is under 15 MB and opens in a browser", async (test) => {
        const results = path.join(folder, "run.jsonl");
        const file = path.join(folder, "report.html");
        await writeResults(results, longNight(500, 1000));
        const started = performance.now();
        const { bytes } = await writeReport({ results, file });
        test.diagnostic(`written in ${((performance.now() - started) / 1000).toFixed(1)} s`);
        test.diagnostic(`${(bytes / megabyte).toFixed(2)} MB`);
        assert.ok(bytes < 15 * megabyte);
        const browser = await startBrowser();
        try {
            const { page, violations } = await openPage(browser, file);
            const opening = await page.evaluate(() => performance.getEntriesByName("shown")[0]!.startTime);
            test.diagnostic(`${Math.round(opening)} ms from the navigation to the table on the screen`);
            assert.ok(opening < 20_000);
            assert.equal((await rowTexts(page)).length, 500);
            await page.screenshot(); // makes the browser load the pictures
            await page.click(".opener");
            await page.waitForFunction(() => document.querySelectorAll("canvas").length === 3);
            assert.ok((await inkOf(page)).every((points) => points > 1000));
            await page.evaluate(() =>
                document.querySelectorAll("tr.line:nth-of-type(n + 40)").forEach((line) => line.remove()),
            );
            await keepPicture(page, "large-run");
            assert.deepEqual(violations, []);
        } finally {
            await browser.close();
        }
    });
});
