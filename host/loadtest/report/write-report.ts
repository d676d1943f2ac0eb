import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { printable } from "../../../shared/printable.js";
import { UserError } from "../../errors.js";
import { replaceNamedFile, writeNamedFile } from "../../files/named-file.js";
import { fileExists, notWritable } from "../../files/not-writable.js";
import { systemPath } from "../../files/path-bytes.js";
import { collectRun } from "./collect-run.js";
import type { Outcome, ReportDocument } from "./document.js";
import { pictureWidthFor, reportDocument, saveBlock } from "./make-document.js";
import { pageHtml, readPageFiles } from "./page-html.js";

/** Which page to write of which results. */
export interface ReportToWrite {
    /** Results file of `poolnv loadtest`; it may be incomplete. */
    results: string;
    /** Results file of an earlier run to compare with. */
    baseline?: string | null;
    /** The page to write. */
    file: string;
    /** Whether an existing file is replaced; default false. */
    overwrite?: boolean;
    /** Called with one line when a step begins. */
    onProgress?: (line: string) => void;
}

/** The written page. */
export interface WrittenReport {
    /** Full path of the page. */
    file: string;
    /** Size of the page. */
    bytes: number;
    /** Number of saves of each outcome. */
    outcomes: Partial<Record<Outcome, number>>;
    /** Number of changes to the worse and to the better; null without an earlier run. */
    changes: { worse: number; better: number } | null;
}

/**
 * Writes the page of a load test: one self-contained file.
 *
 * @throws UserError BAD_RESULTS, RESULTS_NOT_READABLE, FILE_EXISTS, FILE_NOT_WRITABLE, USAGE
 */
export async function writeReport(request: ReportToWrite): Promise<WrittenReport> {
    const { results, baseline = null, overwrite = false, onProgress = () => {} } = request;
    const file = path.resolve(request.file);
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

/** Fails before large results are read. The page never overwrites the results themselves. */
function checkDestination(file: string, sources: readonly (string | null)[], overwrite: boolean): void {
    if (!existsSync(systemPath(file))) return;
    const { dev, ino } = statSync(systemPath(file));
    const isSame = (source: string) => {
        const stats = statSync(systemPath(source), { throwIfNoEntry: false });
        return stats?.dev === dev && stats.ino === ino;
    };
    if (sources.some((source) => source !== null && isSame(source))) {
        throw new UserError("USAGE", `${file} is the results file itself.`, "Name another file for the report.");
    }
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
