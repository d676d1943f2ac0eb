import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** What every report's page has in it. */
export interface PageFiles {
    readonly style: string;
    /** Markup in which the script puts what it shows. */
    readonly body: string;
    /** In the order in which they run. */
    readonly scripts: readonly string[];
}

export async function readPageFiles(): Promise<PageFiles> {
    const plotter = createRequire(import.meta.url).resolve("echarts/dist/echarts.common.min.js");
    const [style, body, ...scripts] = await Promise.all([
        readFile(own("style.css"), "utf8"),
        readFile(own("body.html"), "utf8"),
        readFile(plotter, "utf8"),
        readFile(own("page.bundle.js"), "utf8"),
    ]);
    const closing = scripts.find((script) => /<\/script|<!--/i.test(script));
    if (closing !== undefined) throw new Error("A script of the report's page has in it what would end it.");
    return { style, body, scripts };
}

function own(name: string): string {
    return fileURLToPath(new URL(`page/${name}`, import.meta.url));
}
