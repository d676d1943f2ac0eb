/**
 * The data in the page of a report, as the host writes it and the page's script reads it: one `ReportDocument`, and for each
 * save a `SaveBlock`, which is only parsed when it is shown.
 */
import { bytesPerMb } from "../../../shared/bytes.js";
import type { EventName, ExitRecord, HeaderRecord, RunRecord, Verdict } from "../results/record.js";
import type { PackedSamples } from "./sample-columns.js";

export interface ReportDocument {
    readonly run: RunFacts;
    readonly saves: readonly SaveRow[];
    /** Null without an earlier run. */
    readonly comparison: Comparison | null;
}

/** The first record of the results, and how the run ended. */
export interface RunFacts extends RunRecord {
    /** How often it was resumed after an interruption. */
    readonly resumed: number;
    /** Null if the results file is incomplete. */
    readonly ended: "finished" | "interrupted" | null;
    /** Seconds from the start to the last record. */
    readonly seconds: number;
}

/** `not_run`: the save has no verdict. */
export type Outcome = Verdict | "not_run";

/** A row of the table. */
export interface SaveRow {
    readonly file: string;
    readonly header: HeaderRecord | null;
    readonly outcome: Outcome;
    readonly reasons: readonly string[];
    /** Bytes; null without samples. */
    readonly peakUsed: number | null;
    /** Bytes that the pool may grow to, as far as known; else the size that was requested. */
    readonly poolSize: number;
    /** 0 to 1; null without samples. */
    readonly fallbackShare: number | null;
    readonly loadSeconds: number | null;
}

/** The data of a save besides its row. */
export interface SaveBlock {
    /** JPEG as base64, or null. */
    readonly picture: string | null;
    /** A `SaveDetails` as JSON, deflated, as base64. */
    readonly details: string;
}

/** What is shown when a save is opened. */
export interface SaveDetails {
    readonly exit: ExitRecord | null;
    /** The first ones. */
    readonly events: readonly SaveEvent[];
    /** Number of the others. */
    readonly eventsLeftOut: number;
    readonly samples: PackedSamples;
    /** Number of samples taken; `samples` may hold fewer. */
    readonly samplesTaken: number;
    /** Whether the largest hole may have been larger than the samples say, as under Wine. */
    readonly isHoleLowerBound: boolean;
    /** The size classes in use at the last sample: largest size of a block, live blocks. */
    readonly histogram: readonly (readonly [maxSize: number, live: number])[];
    /** The callers with the most bytes; null if callers were not sampled. */
    readonly callers: readonly Caller[] | null;
}

export interface SaveEvent {
    /** Since the test case began. */
    readonly seconds: number;
    readonly event: EventName;
    readonly text: string;
}

/** A caller of the allocator; estimates from samples. */
export interface Caller {
    readonly module: string;
    readonly function: string | null;
    /** From the start of the module if the function is not known, else 0. */
    readonly offset: number;
    /** Requested in all, including freed blocks. */
    readonly bytes: number;
    /** Number of requests. */
    readonly blocks: number;
}

/** The changes since an earlier run. Saves are matched by their file names. */
export interface Comparison {
    readonly earlier: EarlierRun;
    /** Settings that differ; they may explain the changes. */
    readonly settings: readonly SettingChange[];
    readonly worse: readonly SaveChange[];
    readonly better: readonly SaveChange[];
    /** Number of saves of both runs without a change. */
    readonly same: number;
    /** Names of saves that have a verdict in one of the runs only. */
    readonly onlyNow: readonly string[];
    readonly onlyEarlier: readonly string[];
}

export interface EarlierRun {
    /** ISO time. */
    readonly started: string;
    readonly poolnv: string;
}

export interface SettingChange {
    readonly name: string;
    readonly before: string;
    readonly now: string;
}

/** One change of one save. */
export type SaveChange = { readonly file: string } & (
    | { readonly what: "verdict"; readonly before: Outcome; readonly now: Outcome }
    /** Bytes. */
    | { readonly what: "peak"; readonly before: number; readonly now: number }
    /** 0 to 1. */
    | { readonly what: "fallbacks"; readonly before: number; readonly now: number }
    /** Seconds. */
    | { readonly what: "load"; readonly before: number; readonly now: number }
);

/** Smaller changes are not reported: they occur from run to run without a cause. */
export const noticed = {
    /** Share of the earlier peak, and bytes. */
    peak: { share: 0.05, least: bytesPerMb },
    /** Difference of the shares: 0.01 %. */
    fallbacks: { least: 0.0001 },
    /** Share of the earlier time, and seconds. */
    load: { share: 0.1, least: 1 },
} as const;
