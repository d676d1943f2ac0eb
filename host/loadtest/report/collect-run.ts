import { readRecords } from "../results/read-records.js";
import type { EndRecord, ResultRecord, RunRecord } from "../results/record.js";
import { CollectedSave } from "./collected-save.js";
import { samplesKept } from "./thin-samples.js";

/** A run as its file of results tells it, with as many samples as a report holds. */
export interface CollectedRun {
    readonly run: RunRecord;
    /** How often it went on after an interruption. */
    readonly resumed: number;
    /** Null where the file was cut off. */
    readonly end: EndRecord | null;
    /** When the last thing was written down, in milliseconds since the run's beginning. */
    readonly lastAtMs: number;
    /** One for each of the run's saves; null for one whose turn never began. */
    readonly saves: readonly (CollectedSave | null)[];
}

/** @throws UserError BAD_RESULTS, RESULTS_NOT_READABLE */
export async function collectRun(file: string): Promise<CollectedRun> {
    let run: RunRecord | null = null;
    let saves: (CollectedSave | null)[] = [];
    let [resumed, lastAtMs, end] = [0, 0, null as EndRecord | null];
    for await (const record of readRecords(file)) {
        if ("at_ms" in record) lastAtMs = Math.max(lastAtMs, record.at_ms);
        if (record.kind === "run") {
            run = record;
            saves = record.saves.map(() => null);
        } else if (record.kind === "resumed") {
            resumed++;
            end = null;
        } else if (record.kind === "end") end = record;
        else addToSave(saves, record);
    }
    return { run: run!, resumed, end, lastAtMs, saves }; // readRecords gives a run first, or an error
}

type RecordOfSave = Extract<ResultRecord, { save: number }>;

/** A save may have a second turn after an interruption; only the last one counts. */
function addToSave(saves: (CollectedSave | null)[], record: RecordOfSave): void {
    if (record.kind === "save") saves[record.save] = new CollectedSave(record, samplesKept(saves.length));
    else saves[record.save]?.add(record);
}
