import Table from "cli-table3";

/** A table that can be shown in more than one monitoring. The first column is text, the others are numbers. */
export interface Grid {
    readonly title: string;
    readonly head: readonly string[];
    readonly rows: readonly (readonly string[])[];
    /** Below the table. */
    readonly notes: readonly string[];
}

/** For a terminal. */
export function terminalTable({ title, head, rows, notes }: Grid): string {
    const table = new Table({
        head: [...head],
        colAligns: head.map((_, column) => (column === 0 ? "left" : "right")),
        style: { head: [], border: [], compact: true },
    });
    table.push(...rows.map((row) => [...row]));
    return [title, table.toString(), ...notes.map((note) => `  ${note}`), ""].join("\n");
}

/** For a document. */
export function markdownTable({ title, head, rows, notes }: Grid): string {
    const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
    const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
    const below = notes.length === 0 ? [] : [...notes.map((note) => `- ${note}`), ""];
    return [`### ${title}`, "", line(head), line(rule), ...rows.map(line), "", ...below].join("\n");
}
