import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** The files of which every report's page consists. */
export interface PageFiles {
    readonly style: string;
    /** Markup that the script fills. */
    readonly body: string;
    /** In order of execution. */
    readonly scripts: readonly string[];
}

/**
 * A self-contained page: its policy allows no requests, and no scripts but its own. Data of saves and processes is untrusted
 * and stays in blocks of JSON, which browsers do not parse as markup.
 *
 * @param blocks by their `id` in the page
 */
export function pageHtml(title: string, blocks: ReadonlyMap<string, unknown>, files: PageFiles): string {
    const policy = [
        "default-src 'none'",
        `script-src ${files.scripts.map(hashSource).join(" ")}`,
        `style-src ${hashSource(files.style)}`,
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ].join("; ");
    return [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
        '<meta name="viewport" content="width=device-width">',
        '<meta name="color-scheme" content="light dark">',
        '<meta name="referrer" content="no-referrer">',
        `<title>${escapeText(title)}</title>`,
        '<link rel="icon" href="data:,">',
        `<style>${files.style}</style>`,
        "</head>",
        "<body>",
        files.body,
        ...[...blocks].map(([id, data]) => `<script type="application/json" id="${id}">${escapeJson(data)}</script>`),
        ...files.scripts.map((script) => `<script>${script}</script>`),
        "</body>",
        "</html>",
        "",
    ].join("\n");
}

function hashSource(content: string): string {
    return `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
}

/** Without `<` the data can neither end the block nor begin a comment. */
function escapeJson(data: unknown): string {
    return JSON.stringify(data).replaceAll("<", "\\u003c");
}

function escapeText(text: string): string {
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
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
    if (closing !== undefined) throw new Error("A script of the report's page contains markup that would end it.");
    return { style, body, scripts };
}

function own(name: string): string {
    return fileURLToPath(new URL(`page/${name}`, import.meta.url));
}
