import Table from "cli-table3";

/** A table that can be shown in more than one form. */
export interface Grid {
    readonly title: string;
    readonly head: readonly string[];
    /** How many of the first columns are text; the others are numbers. 1, if not given. */
    readonly texts?: number;
    readonly rows: readonly (readonly string[])[];
    /** Below the table. */
    readonly notes: readonly string[];
}

/** For a terminal. */
export function terminalTable({ title, head, texts = 1, rows, notes }: Grid): string {
    const table = new Table({
        head: [...head],
        colAligns: head.map((_, column) => (column < texts ? "left" : "right")),
        style: { head: [], border: [], compact: true },
    });
    table.push(...rows.map((row) => [...row]));
    return [title, table.toString(), ...notes.map((note) => `  ${note}`), ""].join("\n");
}

/** For a document. */
export function markdownTable({ title, head, texts = 1, rows, notes }: Grid): string {
    const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
    const rule = head.map((_, column) => (column < texts ? "---" : "---:"));
    const below = notes.length === 0 ? [] : [...notes.map((note) => `- ${note}`), ""];
    return [`### ${title}`, "", line(head), line(rule), ...rows.map(line), "", ...below].join("\n");
}
