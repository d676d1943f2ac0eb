import type { Caller } from "../document.js";
import { element } from "./element.js";
import { count, megabytes } from "./figures.js";

/** Who asked for memory, those that asked for most first. */
export function callersTable(callers: readonly Caller[]): HTMLElement {
    const headings = ["Module", "Function", "Asked for", "Calls"].map((text, index) =>
        element("th", { scope: "col", ...(index < 2 ? {} : { class: "number" }) }, text),
    );
    const table = element(
        "table",
        { class: "callers" },
        element("caption", {}, "Who asked for memory (from samples; much of it was given back since)"),
        element("thead", {}, element("tr", {}, ...headings)),
        element("tbody", {}, ...callers.map(callerRow)),
    );
    return element("div", { class: "scroll", tabindex: "0" }, table);
}

function callerRow({ module, function: name, offset, bytes, blocks }: Caller): HTMLElement {
    const place = name ?? `+0x${offset.toString(16).toUpperCase()}`;
    return element(
        "tr",
        {},
        element("th", { scope: "row" }, module),
        element("td", {}, element("code", {}, place)),
        element("td", { class: "number" }, megabytes(bytes)),
        element("td", { class: "number" }, count(blocks)),
    );
}
