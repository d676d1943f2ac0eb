import type { SaveRow } from "../document.js";
import { element } from "./element.js";
import { megabytes, percent, seconds, smallShare } from "./figures.js";
import { badge, worstFirst } from "./outcomes.js";

/** A column of the table of saves. */
export interface Column {
    readonly title: string;
    readonly isNumber?: true;
    /** Whether the table is sorted by it at first. */
    readonly isFirstOrder?: true;
    readonly compare: (one: SaveRow, other: SaveRow) => number;
    readonly content: (row: SaveRow) => Node | string;
}

const unknown = "–";

const text = (of: (row: SaveRow) => string) => (one: SaveRow, other: SaveRow) =>
    of(one).localeCompare(of(other), undefined, { numeric: true });
/** Unknown values come last. */
const number = (of: (row: SaveRow) => number | null) => (one: SaveRow, other: SaveRow) =>
    (of(one) ?? Infinity) === (of(other) ?? Infinity) ? 0 : (of(one) ?? Infinity) - (of(other) ?? Infinity);

export const columns: readonly Column[] = [
    {
        title: "Save",
        compare: text(({ file }) => file),
        content: ({ file }) => (file === "" ? "(no save)" : file),
    },
    {
        title: "Player",
        compare: text(({ header }) => header?.player ?? ""),
        content: ({ header }) => header?.player ?? unknown,
    },
    {
        title: "Place",
        compare: text(({ header }) => header?.location ?? ""),
        content: ({ header }) => header?.location ?? unknown,
    },
    {
        title: "Verdict",
        isFirstOrder: true,
        compare: number(({ outcome }) => worstFirst.indexOf(outcome)),
        content: ({ outcome }) => badge(outcome),
    },
    {
        title: "Reasons",
        compare: text(({ reasons }) => reasons.join(" ")),
        content: ({ reasons }) => reasonList(reasons),
    },
    { title: "Peak", isNumber: true, compare: number(({ peakUsed }) => peakUsed), content: peak },
    {
        title: "Fallbacks",
        isNumber: true,
        compare: number(({ fallbackShare }) => fallbackShare),
        content: ({ fallbackShare }) => smallShare(fallbackShare),
    },
    {
        title: "Load",
        isNumber: true,
        compare: number(({ loadSeconds }) => loadSeconds),
        content: ({ loadSeconds }) => seconds(loadSeconds),
    },
];

function reasonList(reasons: readonly string[]): Node | string {
    if (reasons.length === 0) return unknown;
    return element("ul", { class: "reasons" }, ...reasons.map((reason) => element("li", {}, reason)));
}

function peak({ peakUsed, poolSize }: SaveRow): Node | string {
    if (peakUsed === null || poolSize === 0) return megabytes(peakUsed);
    const share = Math.min(1, peakUsed / poolSize);
    const bar = element("span", { class: "bar" });
    bar.style.setProperty("--share", percent(share).replace(/\s/, ""));
    const words = element("small", {}, `${percent(share)} of the pool`);
    return element("div", { class: "peak" }, megabytes(peakUsed), words, bar);
}
