import type { Page } from "puppeteer-core";

/** The texts of a row of the table, by the titles of the columns. */
export type Cells = Readonly<Record<string, string>>;

/** The visible rows, in their order. */
export function rowTexts(page: Page): Promise<Cells[]> {
    return page.$$eval("tr.line:not([hidden])", (lines) =>
        lines.map((line) => {
            const cells = [...line.querySelectorAll<HTMLElement>("[data-title]")];
            const textOf = (cell: HTMLElement) => cell.innerText.trim().replaceAll("\u00a0", " ");
            return Object.fromEntries(cells.map((cell) => [cell.dataset["title"]!, textOf(cell)]));
        }),
    );
}

/** The texts of the cells of other tables. */
export function tableTexts(page: Page, rows: string): Promise<string[][]> {
    return page.$$eval(rows, (found) =>
        found.map((row) =>
            [...row.querySelectorAll<HTMLElement>("th, td")].map((cell) => cell.innerText.replace(/\s+/g, " ").trim()),
        ),
    );
}

export async function shownSaves(page: Page): Promise<string[]> {
    return (await rowTexts(page)).map((cells) => cells["Save"]!);
}

export async function cellsOf(page: Page, save: string): Promise<Cells> {
    const found = (await rowTexts(page)).find((cells) => cells["Save"] === save);
    if (found === undefined) throw new Error(`The table has no ${save}.`);
    return found;
}

/** Number of pixels of each plot that are not grey: those of its lines and bars. */
export function inkOf(page: Page): Promise<number[]> {
    return page.$$eval("canvas", (canvases) =>
        canvases.map((canvas) => {
            const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
            let points = 0;
            for (let at = 0; at < data.length; at += 4) {
                const colour = [data[at]!, data[at + 1]!, data[at + 2]!];
                if (data[at + 3]! > 0 && Math.max(...colour) - Math.min(...colour) > 40) points++;
            }
            return points;
        }),
    );
}

/** Whether the page scrolls horizontally. */
export function isWiderThanWindow(page: Page): Promise<boolean> {
    return page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
}
