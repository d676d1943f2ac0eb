import { UserError } from "../../errors.js";
import { readRecords, readRun } from "./read-records.js";
import type { EndRecord, ResultRecord, RunRecord } from "./record.js";
import { savesAtMost } from "./record.js";
import { ResultsFile } from "./results-file.js";

/**
 * Joins the results of the shards of one run. The joined file has one `run` record, the saves of each shard after those of
 * the shard before, and times since the earliest start. If one shard did not finish, neither did the joined run.
 *
 * @returns the joined `run` record
 * @throws UserError BAD_RESULTS, SHARDS_DIFFER, FILE_EXISTS, ...
 */
export async function mergeResults(files: readonly string[], output: string, overwrite: boolean): Promise<RunRecord> {
    const runs = await Promise.all(files.map(readRun));
    const run = joinRuns(files, runs);
    const results = await ResultsFile.create(output, overwrite);
    try {
        results.write(run);
        let reason: EndRecord["reason"] = "finished";
        let last = 0;
        for (const [index, file] of files.entries()) {
            const shift = {
                firstSave: runs.slice(0, index).reduce((sum, { saves }) => sum + saves.length, 0),
                later: Date.parse(runs[index]!.started) - Date.parse(run.started),
            };
            let end: EndRecord | null = null;
            for await (const record of readRecords(file)) {
                if ("at_ms" in record) last = Math.max(last, record.at_ms + shift.later);
                if (record.kind === "end") end = record;
                else if (record.kind === "resumed") end = null;
                if (record.kind !== "run" && record.kind !== "end") results.write(shifted(record, shift));
            }
            if (end?.reason !== "finished") reason = "interrupted";
        }
        results.write({ kind: "end", at_ms: last, reason });
        return run;
    } finally {
        await results.close();
    }
}

function joinRuns(files: readonly string[], runs: readonly RunRecord[]): RunRecord {
    const [first] = runs;
    for (const [index, run] of runs.entries()) {
        for (const field of ["program", "scenario", "pool_size", "soak_seconds", "session"] as const) {
            if (run[field] !== first![field]) {
                throw differ(`${files[0]} and ${files[index]} differ in ${field}: ${first![field]}, ${run[field]}`);
            }
        }
    }
    const saves = runs.flatMap((run) => run.saves);
    const twice = saves.find((save, index) => saves.indexOf(save) !== index);
    if (twice !== undefined) throw differ(`${twice} is in two of them`);
    if (saves.length > savesAtMost) throw differ(`together they have more than ${savesAtMost} saves`);
    const started = runs.map((run) => run.started).sort((left, right) => Date.parse(left) - Date.parse(right))[0]!;
    return { ...first!, started, shard: null, saves };
}

function shifted(record: ResultRecord, { firstSave, later }: { firstSave: number; later: number }): ResultRecord {
    return {
        ...record,
        ...("save" in record ? { save: record.save + firstSave } : {}),
        ...("at_ms" in record ? { at_ms: record.at_ms + later } : {}),
    };
}

function differ(reason: string): UserError {
    return new UserError(
        "SHARDS_DIFFER",
        `These are not shards of one run: ${reason}.`,
        "Name the results of shards of one run.",
    );
}
