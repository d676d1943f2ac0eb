import Table from "cli-table3";
import { megabytes } from "../../../shared/bytes.js";
import { printable } from "../../../shared/printable.js";
import type { VerdictRecord } from "../../loadtest/results/record.js";
import type { Summary } from "../../loadtest/results/summary.js";

/** The verdicts as a table, and below it the reasons of those that did not pass. */
export function verdictTable(summary: Summary, baseline: Summary | null): string[] {
    const { run, verdicts } = summary;
    const table = new Table({
        head: ["save", "verdict", "peak MB", "fallback", "load s", ...(baseline === null ? [] : ["before", "peak MB"])],
        colAligns: ["left", "left", "right", "right", "right", "left", "right"],
        style: { head: [], border: [], compact: true },
    });
    const reasons: string[] = [];
    for (const [index, verdict] of verdicts.entries()) {
        const file = run.saves[index]!;
        const name = file === "" ? "(no save)" : printable(file);
        const before = baseline === null ? [] : earlierCells(earlier(baseline, file));
        table.push([name, ...cells(verdict), ...before]);
        if (verdict !== null && verdict.verdict !== "passed") {
            reasons.push(...verdict.reasons.map((reason) => `${name}: ${printable(reason)}`));
        }
    }
    return [table.toString(), ...reasons, totals(summary)];
}

/** The same as JSON. */
export function verdictDocument(summary: Summary, results: string, baseline: Summary | null): object {
    const { run, verdicts, end } = summary;
    return {
        results,
        program: run.program,
        scenario: run.scenario,
        started: run.started,
        end: end ?? "cut off",
        expectations: run.expectations,
        passed: isPassed(summary),
        saves: verdicts.map((verdict, index) => {
            const before = baseline === null ? undefined : (earlier(baseline, run.saves[index]!) ?? null);
            return {
                file: run.saves[index]!,
                verdict: verdict?.verdict ?? null,
                reasons: verdict?.reasons ?? [],
                peak_used: verdict?.peak_used ?? null,
                fallback_share: verdict?.fallback_share ?? null,
                load_seconds: verdict?.load_seconds ?? null,
                exit: verdict?.exit ?? null,
                ...(before === undefined
                    ? {}
                    : { before: before && { verdict: before.verdict, peak_used: before.peak_used } }),
            };
        }),
    };
}

/** True if every save that has a verdict passed. */
export function isPassed({ verdicts }: Summary): boolean {
    return verdicts.every((verdict) => verdict === null || verdict.verdict === "passed");
}

function cells(verdict: VerdictRecord | null): string[] {
    if (verdict === null) return ["not reached", "", "", ""];
    const { peak_used, fallback_share, load_seconds } = verdict;
    const wasSampled = peak_used > 0;
    return [
        verdictText(verdict.verdict),
        wasSampled ? megabytes(peak_used) : "",
        wasSampled ? `${(fallback_share * 100).toFixed(2)} %` : "",
        load_seconds === null ? "" : load_seconds.toFixed(1),
    ];
}

function earlierCells(verdict: VerdictRecord | null): string[] {
    return verdict === null
        ? ["", ""]
        : [verdictText(verdict.verdict), verdict.peak_used > 0 ? megabytes(verdict.peak_used) : ""];
}

/** A verdict of the results as text. */
export function verdictText(verdict: string): string {
    return verdict.replace("_", " ");
}

function earlier({ run, verdicts }: Summary, file: string): VerdictRecord | null {
    return verdicts[run.saves.indexOf(file)] ?? null;
}

function totals({ verdicts }: Summary): string {
    const count = (is: (verdict: VerdictRecord | null) => boolean) => verdicts.filter(is).length;
    const passed = count((verdict) => verdict?.verdict === "passed");
    const missing = count((verdict) => verdict === null);
    const rest = missing === 0 ? "" : `, ${missing} not reached`;
    return `${passed} of ${verdicts.length} passed${rest}`;
}
