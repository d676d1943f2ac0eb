import { readRecords } from "./read-records.js";
import type { EndRecord, RunRecord, VerdictRecord } from "./record.js";

/** What a file of results comes to, without its samples. */
export interface Summary {
    /** What was tested and how. */
    readonly run: RunRecord;
    /** In the order of the run's saves; null: not judged yet. */
    readonly verdicts: readonly (VerdictRecord | null)[];
    /** When the turn of each save began and how long it took, in milliseconds; null where that is not known. */
    readonly turns: readonly { began: number; took: number | null }[];
    /** How it ended; null: it was cut off, or it goes on. */
    readonly end: EndRecord["reason"] | null;
    /** Time of the last record, in milliseconds since the run's start. */
    readonly lastAt: number;
}

/**
 * Reads what a file of results comes to.
 *
 * @throws UserError BAD_RESULTS, RESULTS_NOT_READABLE
 */
export async function readSummary(file: string): Promise<Summary> {
    let run: RunRecord | null = null;
    let end: Summary["end"] = null;
    let lastAt = 0;
    const verdicts: (VerdictRecord | null)[] = [];
    const turns: { began: number; took: number | null }[] = [];
    for await (const record of readRecords(file)) {
        if ("at_ms" in record) lastAt = Math.max(lastAt, record.at_ms);
        switch (record.kind) {
            case "run":
                run = record;
                for (let index = 0; index < record.saves.length; index++) {
                    verdicts.push(null);
                    turns.push({ began: 0, took: null });
                }
                break;
            case "resumed":
                end = null;
                break;
            case "save":
                turns[record.save] = { began: record.at_ms, took: null };
                break;
            case "verdict":
                verdicts[record.save] = record;
                turns[record.save]!.took = Math.max(0, record.at_ms - turns[record.save]!.began);
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
    return { run: run!, verdicts, turns, end, lastAt };
}
