import { readRecords } from "./read-records.js";
import type { EndRecord, RunRecord, VerdictRecord } from "./record.js";

/** What a results file says about its run, without the samples. */
export interface Summary {
    /** What was tested and how. */
    readonly run: RunRecord;
    /** In the order of the run's saves; null: no verdict yet. */
    readonly verdicts: readonly (VerdictRecord | null)[];
    /** When each test case began and how long it took, in milliseconds; `took` is null without a verdict. */
    readonly times: readonly { began: number; took: number | null }[];
    /** How the run ended; null: it was cut off, or is still running. */
    readonly end: EndRecord["reason"] | null;
    /** Time of the last record, in milliseconds since the run's start. */
    readonly lastAt: number;
}

/**
 * Reads the verdicts of a results file.
 *
 * @throws UserError BAD_RESULTS, RESULTS_NOT_READABLE
 */
export async function readSummary(file: string): Promise<Summary> {
    let run: RunRecord | null = null;
    let end: Summary["end"] = null;
    let lastAt = 0;
    const verdicts: (VerdictRecord | null)[] = [];
    const times: { began: number; took: number | null }[] = [];
    for await (const record of readRecords(file)) {
        if ("at_ms" in record) lastAt = Math.max(lastAt, record.at_ms);
        switch (record.kind) {
            case "run":
                run = record;
                for (let index = 0; index < record.saves.length; index++) {
                    verdicts.push(null);
                    times.push({ began: 0, took: null });
                }
                break;
            case "resumed":
                end = null;
                break;
            case "save":
                times[record.save] = { began: record.at_ms, took: null };
                break;
            case "verdict":
                verdicts[record.save] = record;
                times[record.save]!.took = Math.max(0, record.at_ms - times[record.save]!.began);
                break;
            case "end":
                end = record.reason;
                break;
            case "sample":
            case "event":
            case "callers":
                break;
        }
    }
    return { run: run!, verdicts, times, end, lastAt };
}
