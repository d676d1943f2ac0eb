import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import type { Browser } from "puppeteer-core";
import { writeReport } from "../../../host/loadtest/report/write-report.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { keepPicture, type OpenPage, openPage, startBrowser, whyNoBrowser } from "./browser.js";
import { writeResults } from "./generate-results.js";
import { earlierRun, hostileName, variedRun } from "./made-up-runs.js";
import { cellsOf, inkOf, isWiderThanWindow, rowTexts, shownSaves, tableTexts } from "./read-page.js";

describe("report page in a browser", { skip: whyNoBrowser() ?? false }, () => {
    const folder = scratchFolder();
    const file = path.join(folder, "report.html");
    let browser: Browser;
    let opened: OpenPage;
    before(async () => {
        const [results, baseline] = [path.join(folder, "run.jsonl"), path.join(folder, "earlier.jsonl")];
        await writeResults(results, variedRun);
        await writeResults(baseline, earlierRun, { facts: { started: "2026-11-18T22:00:00.000Z", soak_seconds: 60 } });
        await writeReport({ results, baseline, file });
        browser = await startBrowser();
        opened = await openPage(browser, file);
    });
    after(() => browser.close());

    it("report page: shows each save with its verdict, the worst first", async () => {
        const { page } = opened;
        await keepPicture(page, "summary");
        const rows = await rowTexts(page);
        const worstFirst = [...variedRun].sort((one, other) => severity(one.verdict) - severity(other.verdict));
        assert.deepEqual(
            rows.map((row) => row["Save"]),
            worstFirst.map((save) => save.file),
        );
        assert.deepEqual(
            rows.map((row) => row["Verdict"]!.replace(/^\S\s*/, "")),
            worstFirst.map((save) => save.verdict.replace("_", " ")),
        );
        for (const [index, { reasons }] of worstFirst.entries()) {
            assert.equal(rows[index]!["Reasons"], reasons.join("\n") || "–");
        }
        const counts = await page.$$eval(".outcomes button", (buttons) => buttons.map((button) => button.innerText));
        assert.deepEqual(
            counts.map((count) => count.replace(/\s+/g, " ").replace(/^\S /, "")),
            ["1 crashed", "1 hung", "1 not loaded", "1 unreadable", "1 failed", "3 passed"],
        );
    });

    it("report page: shows peak, fallbacks and time to load with units", async () => {
        const cells = await cellsOf(opened.page, "Save 14 Freeside.fos");
        assert.equal(cells["Peak"], "987.1 MB\n96.4 % of the pool");
        assert.equal(cells["Fallbacks"], "2.130 %");
        assert.equal(cells["Load"], "16.8 s");
        const little = await cellsOf(opened.page, "Save 15 Camp McCarran.fos");
        assert.equal(little["Fallbacks"], "< 0.001 %", "a few are not none");
        const nothing = await cellsOf(opened.page, "quicksave.fos");
        assert.deepEqual([nothing["Peak"], nothing["Fallbacks"], nothing["Load"]], ["–", "–", "–"]);
    });

    it("report page: shows markup in a name as text", async () => {
        const cells = await cellsOf(opened.page, `Save <b>18</b> "quoted".fos`);
        assert.equal(cells["Player"], hostileName);
        assert.match(cells["Place"]!, /^Vault \\u\{202e\}21<\/td><svg onload=alert\(1\)> `\$\{alert\(2\)\}`$/);
        assert.equal(await opened.page.$("svg, main b"), null);
        const pictures = await opened.page.$$eval("img", (images) => images.map(({ src }) => src.slice(0, 22)));
        assert.deepEqual(new Set(pictures), new Set(["data:image/jpeg;base64"]));
    });

    it("report page: draws the plots of a save from its samples when it is opened", async () => {
        const { page } = opened;
        assert.equal(await page.$("canvas"), null, "nothing is drawn before");
        await page.focus("#saves tbody tr:not([hidden]) .opener");
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("ArrowUp");
        await page.keyboard.press("Enter");
        await page.waitForFunction(() => document.querySelectorAll("canvas").length === 3);
        await page.waitForFunction(() => document.querySelector(".events") !== null);
        await keepPicture(page, "opened-crashed");
        for (const ink of await inkOf(page)) assert.ok(ink > 1000, `only ${ink} points of a plot are coloured`);
        const texts = await page.$eval("div.details", (details) => details.innerText);
        assert.match(texts, /0xC0000005 \(access violation\)/);
        assert.match(texts, /0x00ECD1C7/);
        assert.match(texts, /The largest hole is at least as large as drawn/);
        const used = await page.evaluate(() => {
            const plotter = (globalThis as unknown as { echarts: typeof import("echarts") }).echarts;
            const frame = document.querySelector<HTMLElement>(".plot")!;
            const { series } = plotter.getInstanceByDom(frame)!.getOption() as { series: PlottedSeries[] };
            return series.map(({ name, data }) => ({ name, values: data.map(([, value]) => value) }));
        });
        assert.deepEqual(
            used.map(({ name }) => name),
            ["used", "peak", "committed", "largest hole"],
        );
        assert.equal(used[0]!.values.length, 220);
        assert.ok(Math.abs(Math.max(...used[0]!.values) - 0.81 * 1024) < 0.01, "the peak is in the plot");
        await page.keyboard.press("Enter");
        assert.equal(await page.$("tr.below:not([hidden])"), null, "it is closed again");
    });

    it("report page: lists the callers of a save that has them", async () => {
        const { page } = opened;
        await page.evaluate(() => {
            const openers = [...document.querySelectorAll<HTMLElement>(".opener")];
            openers.find((opener) => opener.innerText.includes("Freeside"))!.click();
        });
        await page.waitForSelector(".callers");
        await keepPicture(page, "opened-failed");
        const [first] = await tableTexts(page, ".callers tbody tr");
        assert.deepEqual(first, ["FalloutNV.exe", "function_1", "90.0 MB", "200,000"]);
    });

    it("report page: compares with an earlier run in numbers", async () => {
        assert.deepEqual(await tableTexts(opened.page, ".changes tbody tr"), [
            ["Save 15 Camp McCarran.fos", "verdict", "✓ passed", "✖ crashed", ""],
            ["Save 14 Freeside.fos", "fallbacks", "0.040 %", "2.130 %", "+2.090 %"],
            ["Save 15 Camp McCarran.fos", "peak", "716.8 MB", "829.4 MB", "+112.6 MB (+15.7 %)"],
            ["Save 14 Freeside.fos", "peak", "921.6 MB", "987.1 MB", "+65.5 MB (+7.1 %)"],
            ["Save 13 The Strip.fos", "time to load", "22.0 s", "14.2 s", "−7.8 s (−35.5 %)"],
        ]);
        const text = await opened.page.$eval("section#comparison", (section) => section.innerText);
        assert.match(text, /4 worse, 1 better, 4\u00a0saves without a change/);
        assert.match(text, /soak was 60 s, now 100 s/);
        assert.match(text, /Only in this run: 1\u00a0save/);
    });

    it("report page: sorts by a column, searches for a word, and filters by a verdict", async () => {
        const { page } = opened;
        await page.$$eval("thead button", (buttons) => {
            buttons.find((button) => button.innerText.startsWith("Peak"))!.click();
        });
        assert.equal((await shownSaves(page))[0], "Save 17 Nellis.fos");
        assert.equal(await page.$eval("th[aria-sort]", (heading) => heading.getAttribute("aria-sort")), "ascending");
        await page.type("#search", "hoover");
        assert.deepEqual(await shownSaves(page), ["Save 16 Hoover Dam.fos"]);
        await page.$eval("input#search", (search) => {
            search.value = "";
            search.dispatchEvent(new Event("input"));
        });
        await page.click(".outcomes .failed");
        assert.deepEqual(await shownSaves(page), ["Save 14 Freeside.fos"]);
        await page.click(".outcomes .failed");
        assert.equal((await shownSaves(page)).length, variedRun.length);
    });

    it("report page: fits dark mode, narrow windows and print", async () => {
        const { page } = opened;
        const background = () => page.$eval("body", (body) => getComputedStyle(body).backgroundColor);
        const bright = await background();
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
        assert.notEqual(await background(), bright);
        await keepPicture(page, "dark");
        await page.emulateMediaFeatures([]);
        for (const width of [1920, 1280, 1260, 1210, 1000, 700, 400]) {
            await page.setViewport({ width, height: 800 });
            assert.equal(await isWiderThanWindow(page), false, `${width} pixels are too narrow`);
        }
        await keepPicture(page, "narrow");
        await page.setViewport({ width: 1000, height: 800 });
        await page.emulateMediaType("print");
        await keepPicture(page, "print");
        const isShown = (selector: string) =>
            page.$eval(selector, (element) => getComputedStyle(element).display !== "none");
        assert.deepEqual(
            [await isShown(".saves"), await isShown(".controls"), await isShown(".below")],
            [true, false, false],
        );
        await page.emulateMediaType();
    });

    it("report page: opens no dialog, logs no error and sends no request", () => {
        assert.deepEqual(opened.violations, []);
    });
});

interface PlottedSeries {
    name: string;
    data: [seconds: number, value: number][];
}

function severity(verdict: string): number {
    return ["crashed", "hung", "not_loaded", "unreadable", "failed", "passed"].indexOf(verdict);
}
