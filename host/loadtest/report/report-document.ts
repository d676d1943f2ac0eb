import type { CollectedRun } from "./collect-run.js";
import type { CollectedSave } from "./collected-save.js";
import { compareRuns } from "./compare-runs.js";
import type { ReportDocument, RunFacts, SaveRow } from "./document.js";

/** @param earlier a run to compare with, or null */
export function reportDocument(collected: CollectedRun, earlier: CollectedRun | null): ReportDocument {
    const saves = rowsOf(collected);
    const comparison =
        earlier === null
            ? null
            : compareRuns({ run: collected.run, rows: saves }, { run: earlier.run, rows: rowsOf(earlier) });
    return { run: factsOf(collected), saves, comparison };
}

function factsOf({ run, resumed, end, lastAtMs }: CollectedRun): RunFacts {
    return { ...run, resumed, ended: end?.reason ?? null, seconds: lastAtMs / 1000 };
}

function rowsOf({ run, saves }: CollectedRun): SaveRow[] {
    return run.saves.map((file, index) => rowOf(file, saves[index] ?? null, run.pool_size));
}

/** @param poolSize bytes asked for, which a program may not have got */
function rowOf(file: string, save: CollectedSave | null, poolSize: number): SaveRow {
    const verdict = save?.verdict ?? null;
    const newest = save?.samples.newest?.statistics ?? null;
    return {
        file,
        header: save?.header ?? null,
        outcome: verdict?.verdict ?? "not_run",
        reasons: verdict?.reasons ?? [],
        peakUsed: newest === null ? null : (verdict?.peak_used ?? newest.peak_used),
        poolSize: newest?.pool_limit ?? newest?.pool_size ?? poolSize,
        fallbackShare: newest === null || verdict === null ? null : verdict.fallback_share,
        loadSeconds: verdict?.load_seconds ?? null,
    };
}
