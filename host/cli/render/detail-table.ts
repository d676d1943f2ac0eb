import Table from "cli-table3";
import { printable } from "../../../shared/printable.js";
import type { ErrorDetail } from "../../errors.js";

/** The rows of an error as lines of a table, its columns named by the fields. What a program says can't steer a terminal. */
export function detailTable(details: readonly ErrorDetail[]): string[] {
    if (details.length === 0) return [];
    const columns = Object.keys(details[0]!);
    const table = new Table({
        head: columns.map((name) => name.replaceAll("_", " ")),
        style: { head: [], border: [] },
    });
    for (const detail of details) table.push(columns.map((name) => printable(detail[name] ?? "-")));
    return table.toString().split("\n");
}
