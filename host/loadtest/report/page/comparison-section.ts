import { type Comparison, noticed, type SaveChange } from "../document.js";
import { element } from "./element.js";
import { count, counted, duration, megabytes, moment, percent, seconds, signed, smallShare } from "./figures.js";
import { badge } from "./outcomes.js";

/** The changes since an earlier run, in numbers. */
export function comparisonSection(comparison: Comparison): Node[] {
    const { earlier, settings, worse, better, same, onlyNow, onlyEarlier } = comparison;
    return [
        element("h2", {}, "Compared with an earlier run"),
        element(
            "p",
            {},
            `The earlier run started ${moment(earlier.started)}. `,
            element("strong", {}, `${count(worse.length)} worse`),
            `, ${count(better.length)} better, ${counted(same, "save")} without a change. ` +
                "The tables list changed verdicts and differences of more than " +
                `${percent(noticed.peak.share, 0)} and ${megabytes(noticed.peak.least, 0)} in the peak, ` +
                `${percent(noticed.fallbacks.least, 2)} of all requests in fallbacks, ` +
                `${percent(noticed.load.share, 0)} and ${duration(noticed.load.least)} in the time to load.`,
        ),
        ...settings.map(({ name, before, now }) =>
            element("p", { class: "notice" }, `Different setting: ${name} was ${before}, now ${now}.`),
        ),
        ...changeTable("Worse", worse),
        ...changeTable("Better", better),
        ...names("Only in this run", onlyNow),
        ...names("Only in the earlier run", onlyEarlier),
    ];
}

function changeTable(title: string, changes: readonly SaveChange[]): Node[] {
    if (changes.length === 0) return [];
    const headings = ["Save", "What", "Before", "Now", "Difference"].map((text, index) =>
        element("th", { scope: "col", ...(index < 2 ? {} : { class: "number" }) }, text),
    );
    const rows = changes.map((change) => {
        const { what, before, now, difference } = cellsOf(change);
        return element(
            "tr",
            {},
            element("th", { scope: "row" }, change.file),
            element("td", {}, what),
            ...[before, now, difference].map((shown) => element("td", { class: "number" }, shown)),
        );
    });
    const table = element(
        "table",
        { class: "changes" },
        element("caption", {}, `${title} (${changes.length})`),
        element("thead", {}, element("tr", {}, ...headings)),
        element("tbody", {}, ...rows),
    );
    return [element("div", { class: "scroll", tabindex: "0" }, table)];
}

function cellsOf(change: SaveChange): { what: string; before: Node | string; now: Node | string; difference: string } {
    if (change.what === "verdict") {
        return { what: "verdict", before: badge(change.before), now: badge(change.now), difference: "" };
    }
    const { before, now } = change;
    const { what, show } = measures[change.what];
    const ofBefore = change.what === "fallbacks" || before === 0 ? "" : ` (${signed(now / before - 1, percent)})`;
    return { what, before: show(before), now: show(now), difference: signed(now - before, show) + ofBefore };
}

const measures = {
    peak: { what: "peak", show: (bytes: number) => megabytes(bytes) },
    fallbacks: { what: "fallbacks", show: smallShare },
    load: { what: "time to load", show: seconds },
} as const;

function names(title: string, files: readonly string[]): Node[] {
    if (files.length === 0) return [];
    const items = files.map((file) => element("li", {}, file));
    const heading = element("summary", {}, `${title}: ${counted(files.length, "save")}`);
    return [element("details", {}, heading, element("ul", {}, ...items))];
}
