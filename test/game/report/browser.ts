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

/** A browser without a window, which is spoken to over pipes: it listens at no port. */
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

/** A page that is open, and what it did that no report does. */
export interface OpenPage {
    readonly page: Page;
    /** Dialogs, errors, lines on its console, requests for anything but itself. */
    readonly misdeeds: readonly string[];
}

export async function openPage(browser: Browser, file: string): Promise<OpenPage> {
    const page = await browser.newPage();
    const misdeeds: string[] = [];
    page.on("dialog", (dialog) => {
        misdeeds.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
    });
    page.on("console", (message) => misdeeds.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => misdeeds.push(`error: ${String(error)}`));
    const url = pathToFileURL(file).href;
    page.on("request", (request) => {
        if (request.url() !== url && !request.url().startsWith("data:")) misdeeds.push(`request: ${request.url()}`);
    });
    await page.setViewport({ width: 1280, height: 900 });
    await page.goto(url);
    await page.waitForFunction(() => performance.getEntriesByName("shown").length > 0);
    return { page, misdeeds };
}

/** Keeps a picture of a page for people to look at. */
export async function keepPicture(page: Page, name: string): Promise<void> {
    mkdirSync(pictures, { recursive: true });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint"))); // shows all small pictures
    await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true });
}

const pictures = fileURLToPath(new URL("../../../../artefacts/report/", import.meta.url));
