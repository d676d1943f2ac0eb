import type { SaveRow } from "../document.js";
import { gravestFirst } from "./outcomes.js";

export interface Column {
    readonly title: string;
    readonly isNumber?: true;
    /** Whether the table is in its order at first. */
    readonly isFirstOrder?: true;
    readonly compare: (one: SaveRow, other: SaveRow) => number;
}

const text = (of: (row: SaveRow) => string) => (one: SaveRow, other: SaveRow) =>
    of(one).localeCompare(of(other), undefined, { numeric: true });
/** What is not known comes last. */
const number = (of: (row: SaveRow) => number | null) => (one: SaveRow, other: SaveRow) =>
    (of(one) ?? Infinity) === (of(other) ?? Infinity) ? 0 : (of(one) ?? Infinity) - (of(other) ?? Infinity);

export const columns: readonly Column[] = [
    { title: "Save", compare: text(({ file }) => file) },
    { title: "Player", compare: text(({ header }) => header?.player ?? "") },
    { title: "Place", compare: text(({ header }) => header?.location ?? "") },
    { title: "Verdict", isFirstOrder: true, compare: number(({ outcome }) => gravestFirst.indexOf(outcome)) },
    { title: "Reasons", compare: text(({ reasons }) => reasons.join(" ")) },
    { title: "Peak", isNumber: true, compare: number(({ peakUsed }) => peakUsed) },
    { title: "Fallbacks", isNumber: true, compare: number(({ fallbackShare }) => fallbackShare) },
    { title: "Load", isNumber: true, compare: number(({ loadSeconds }) => loadSeconds) },
];
