import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { printable } from "../../../shared/printable.js";
import { UserError } from "../../errors.js";
import { fileExists, notWritable } from "../../files/not-writable.js";
import { replaceNamedFile } from "../../files/replace-named-file.js";
import { writeNamedFile } from "../../files/write-named-file.js";
import { collectRun } from "./collect-run.js";
import type { Outcome, ReportDocument } from "./document.js";
import { readPageFiles } from "./page-files.js";
import { pageHtml } from "./page-html.js";
import { reportDocument } from "./report-document.js";
import { pictureWidthFor, saveBlock } from "./save-block.js";

/** What page of which results is wanted. */
export interface ReportToWrite {
    /** File of results, as `poolnv loadtest` writes it; it may be unfinished. */
    results: string;
    /** File of results of an earlier run to compare with. */
    baseline?: string | null;
    /** The page to write. */
    file: string;
    /** Whether a file that is there is replaced; default false. */
    overwrite?: boolean;
    /** Called with one line when a step begins. */
    onProgress?: (line: string) => void;
}

/** What was written. */
export interface WrittenReport {
    /** Full path of the page. */
    file: string;
    /** Size of the page. */
    bytes: number;
    /** How many saves came to what. */
    outcomes: Partial<Record<Outcome, number>>;
    /** How many things got worse and better; null without an earlier run. */
    changes: { worse: number; better: number } | null;
}

/**
 * Writes the page of a load test: one file that needs nothing but itself.
 *
 * @throws UserError BAD_RESULTS, RESULTS_NOT_READABLE, FILE_EXISTS, FILE_NOT_WRITABLE, USAGE
 */
export async function writeReport(wanted: ReportToWrite): Promise<WrittenReport> {
    const { results, baseline = null, overwrite = false, onProgress = () => {} } = wanted;
    const file = path.resolve(wanted.file);
    checkDestination(file, [results, baseline], overwrite);
    onProgress(`reading ${results}`);
    const collected = await collectRun(results);
    if (baseline !== null) onProgress(`reading ${baseline}`);
    const earlier = baseline === null ? null : await collectRun(baseline);
    onProgress(`writing ${file}`);
    const document = reportDocument(collected, earlier);
    const blocks = new Map<string, unknown>([["report", document]]);
    const width = pictureWidthFor(collected.saves.length);
    for (const [index, save] of collected.saves.entries()) blocks.set(`save-${index}`, await saveBlock(save, width));
    const title = printable(`Load test of ${collected.run.program}, ${collected.run.started.slice(0, 10)}`);
    const html = pageHtml(title, blocks, await readPageFiles());
    await write(file, html, overwrite);
    return { file, bytes: Buffer.byteLength(html), ...summaryOf(document) };
}

/** Before hours of results are read, and never over the results themselves. */
function checkDestination(file: string, sources: readonly (string | null)[], overwrite: boolean): void {
    if (!existsSync(file)) return;
    const { dev, ino } = statSync(file);
    const isSame = (source: string) => {
        const stats = statSync(source, { throwIfNoEntry: false });
        return stats?.dev === dev && stats.ino === ino;
    };
    if (sources.some((source) => source !== null && isSame(source)))
        throw new UserError("USAGE", `${file} holds the results themselves.`, "Name another file for the report.");
    if (!overwrite) throw fileExists(file);
}

async function write(file: string, html: string, overwrite: boolean): Promise<void> {
    try {
        await (overwrite ? replaceNamedFile(file, html) : writeNamedFile(file, html, false));
    } catch (cause) {
        throw notWritable(file, cause);
    }
}

function summaryOf({ saves, comparison }: ReportDocument): Pick<WrittenReport, "outcomes" | "changes"> {
    const outcomes: WrittenReport["outcomes"] = {};
    for (const { outcome } of saves) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    const changes = comparison && { worse: comparison.worse.length, better: comparison.better.length };
    return { outcomes, changes };
}
