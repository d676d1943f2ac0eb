import { deflateRawSync } from "node:zlib";
import type { CollectedRun, CollectedSave } from "./collect-run.js";
import { compareRuns } from "./compare-runs.js";
import type { Caller, ReportDocument, RunFacts, SaveBlock, SaveDetails, SaveRow } from "./document.js";
import { thumbnail } from "./thumbnail.js";

/** Largest number of callers of a save. */
const callersAtMost = 50;

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

/** @param poolSize requested bytes, used if there is no sample with the actual size */
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

/**
 * @param save null for a save that was not reached
 * @param pictureWidth in pixels
 */
export async function saveBlock(save: CollectedSave | null, pictureWidth: number): Promise<SaveBlock | null> {
    if (save === null) return null;
    const picture = save.screenshot === null ? null : await thumbnail(save.screenshot, pictureWidth);
    return { picture, details: deflateRawSync(JSON.stringify(detailsOf(save))).toString("base64") };
}

/** Width in pixels: pictures are most of a report, so each is smaller if there are many. */
export function pictureWidthFor(saves: number): number {
    return saves <= 60 ? 320 : 160;
}

function detailsOf({ verdict, events, eventsLeftOut, samples, callers }: CollectedSave): SaveDetails {
    return {
        exit: verdict?.exit ?? null,
        events,
        eventsLeftOut,
        samples: samples.pack(),
        samplesTaken: samples.taken,
        isHoleLowerBound: samples.newest?.statistics.address_space?.is_lower_bound ?? false,
        histogram: samples.histogram.filter(({ live }) => live > 0).map(({ max_size, live }) => [max_size, live]),
        callers: callers === null ? null : largest(callers.callers),
    };
}

function largest(callers: readonly Caller[]): Caller[] {
    return [...callers].sort((one, other) => other.bytes - one.bytes).slice(0, callersAtMost);
}
