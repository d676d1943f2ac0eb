import Table from "cli-table3";
import type { Result } from "./result.js";

const head = ["what", "program", "times", "deaths", "corruptions", "longest stall (median)", "other faults"];

export function plainTable(results: readonly Result[]): string {
    const table = new Table({ head, style: { head: [], border: [] } });
    for (const result of results) table.push(cells(result));
    return table.toString();
}

/** The same in Markdown, with the remarks below it. */
export function markdownTable(results: readonly Result[]): string {
    const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
    const remarks = results.flatMap(({ what, place, remarks }) =>
        remarks.map((remark) => `- ${what}, ${place}: ${remark}`),
    );
    return [
        row(head),
        row(["---", "---", "---:", "---:", "---:", "---:", "---:"]),
        ...results.map((result) => row(cells(result))),
        "",
        ...remarks,
        "",
    ].join("\n");
}

function cells({ what, place, count, deaths, corruptions, stall, faults }: Result): string[] {
    const others = Math.max(0, faults.length - deaths - (corruptions > 0 ? 1 : 0));
    return [
        what,
        place,
        count.toLocaleString("en"),
        String(deaths),
        String(corruptions),
        stall === null ? "-" : `${stall.longestMs.toFixed(1)} ms (${stall.medianMs.toFixed(1)} ms)`,
        String(others),
    ];
}
