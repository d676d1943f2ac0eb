import { createHash } from "node:crypto";
import type { PageFiles } from "./page-files.js";

/**
 * A page that needs nothing but itself: it may load nothing, and runs no script but its own. What came from saves and
 * processes is in blocks of JSON, where no browser looks for markup.
 *
 * @param blocks by the `id` under which the page's script finds them
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

/** Without `<` nothing in it can end the block, or begin a comment. */
function escapeJson(data: unknown): string {
    return JSON.stringify(data).replaceAll("<", "\\u003c");
}

function escapeText(text: string): string {
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
