/**
 * What the page of a report is made of, between the host that writes it and the script in the page that shows it: one
 * `ReportDocument`, and for each save a `SaveBlock` that is read when it is needed.
 */
import type { EventName, ExitRecord, HeaderRecord, RunRecord, Verdict } from "../results/record.js";
import type { Comparison } from "./comparison.js";
import type { PackedSamples } from "./packed-samples.js";

export interface ReportDocument {
    readonly run: RunFacts;
    readonly saves: readonly SaveRow[];
    /** With an earlier run; null where none was named. */
    readonly comparison: Comparison | null;
}

/** What is run and how, as the first line of the results says, and how it ended. */
export interface RunFacts extends RunRecord {
    /** How often it was interrupted and went on. */
    readonly resumed: number;
    /** Null where the file of results was cut off. */
    readonly ended: "finished" | "interrupted" | null;
    /** From the beginning to the last thing that was written down, in seconds. */
    readonly seconds: number;
}

/** A save of which no verdict is known was not run, or not to its end. */
export type Outcome = Verdict | "not_run";

/** A line of the table. */
export interface SaveRow {
    readonly file: string;
    readonly header: HeaderRecord | null;
    readonly outcome: Outcome;
    readonly reasons: readonly string[];
    /** Bytes; null where nothing was measured. */
    readonly peakUsed: number | null;
    /** Bytes of the pool that the program really got. */
    readonly poolSize: number;
    /** 0 to 1; null where nothing was measured. */
    readonly fallbackShare: number | null;
    readonly loadSeconds: number | null;
}

/** What the page holds for each save besides its line. */
export interface SaveBlock {
    /** JPEG as base64, or null. */
    readonly picture: string | null;
    /** A `SaveDetails` as JSON, deflated, as base64. */
    readonly details: string;
}

/** What is shown of a save when it is opened. */
export interface SaveDetails {
    readonly exit: ExitRecord | null;
    /** The first ones. */
    readonly events: readonly SaveEvent[];
    /** How many more there were. */
    readonly eventsLeftOut: number;
    readonly samples: PackedSamples;
    /** How many were taken; `samples` may hold fewer. */
    readonly samplesTaken: number;
    /** Whether the address space may have had a larger hole than the samples say, as under Wine. */
    readonly isHoleLowerBound: boolean;
    /** Largest size, live blocks; of the size classes in use when the last sample was taken. */
    readonly histogram: readonly (readonly [maxSize: number, live: number])[];
    /** Those that asked for most, or null where none were recorded. */
    readonly callers: readonly Caller[] | null;
}

export interface SaveEvent {
    /** Since the save's turn began. */
    readonly seconds: number;
    readonly event: EventName;
    readonly text: string;
}

/** Who asked for memory; estimates from samples. */
export interface Caller {
    readonly module: string;
    readonly function: string | null;
    /** From the beginning of the module where no function is known, else 0. */
    readonly offset: number;
    /** That were asked for in all, be they given back or not. */
    readonly bytes: number;
    /** How often. */
    readonly blocks: number;
}
