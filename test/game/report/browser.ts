import { mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { preparedEnvironments } from "../../runner/prepared.js";

/** Why there is no browser, or null. */
export function whyNoBrowser(): string | null {
    const chromium = preparedEnvironments()?.chromium;
    if (chromium === undefined) return "nothing is prepared; run: npm run pretest";
    return chromium.ready ? null : `${chromium.reason}; ${chromium.resolution}`;
}

/** A headless browser, controlled over pipes: it opens no port. */
export async function startBrowser(): Promise<Browser> {
    const chromium = preparedEnvironments()?.chromium;
    if (chromium?.ready !== true) throw new Error(whyNoBrowser() ?? "there is no browser");
    const isRoot = process.getuid?.() === 0;
    return puppeteer.launch({
        executablePath: chromium.program,
        headless: "shell",
        pipe: true,
        args: isRoot ? ["--no-sandbox"] : [],
        env: { ...process.env, ...chromium.env, TZ: "UTC", LANG: "en_US.UTF-8" },
    });
}

/** An open page, and what it did that a report must not do. */
export interface OpenPage {
    readonly page: Page;
    /** Dialogs, errors, lines on its console, requests for anything but itself. */
    readonly violations: readonly string[];
}

export async function openPage(browser: Browser, file: string): Promise<OpenPage> {
    const page = await browser.newPage();
    const violations: string[] = [];
    page.on("dialog", (dialog) => {
        violations.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
    });
    page.on("console", (message) => violations.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => violations.push(`error: ${String(error)}`));
    const url = pathToFileURL(file).href;
    page.on("request", (request) => {
        if (request.url() !== url && !request.url().startsWith("data:")) violations.push(`request: ${request.url()}`);
    });
    await page.setViewport({ width: 1280, height: 900 });
    await page.goto(url);
    await page.waitForFunction(() => performance.getEntriesByName("shown").length > 0);
    return { page, violations };
}

/** Saves a screenshot for visual inspection. */
export async function keepPicture(page: Page, name: string): Promise<void> {
    mkdirSync(pictures, { recursive: true });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint"))); // shows all small pictures
    await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true });
}

const pictures = fileURLToPath(new URL("../../../../artefacts/report/", import.meta.url));
