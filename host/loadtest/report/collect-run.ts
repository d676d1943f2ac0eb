import { readRecords } from "../results/read-records.js";
import type {
    CallersRecord,
    EndRecord,
    EventRecord,
    HeaderRecord,
    ResultRecord,
    RunRecord,
    SampleRecord,
    SaveRecord,
    VerdictRecord,
} from "../results/record.js";
import { CollectedSamples } from "./collected-samples.js";
import type { SaveEvent } from "./document.js";
import { samplesPerSave } from "./sample-columns.js";

/** Largest number of events of a save. */
const eventsAtMost = 500;

/** The contents of a results file, with as many samples as a report holds. */
export interface CollectedRun {
    readonly run: RunRecord;
    /** How often it was resumed after an interruption. */
    readonly resumed: number;
    /** Null if the file is incomplete. */
    readonly end: EndRecord | null;
    /** Time of the last record, in milliseconds since the start of the run. */
    readonly lastAtMs: number;
    /** One for each of the run's saves; null for a save that was not reached. */
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
        } else if (record.kind === "end") {
            end = record;
        } else {
            addToSave(saves, record);
        }
    }
    return { run: run!, resumed, end, lastAtMs, saves }; // readRecords yields a run first, or throws
}

type RecordOfSave = Extract<ResultRecord, { save: number }>;

/** After an interruption a save may be tested a second time; only the last time counts. */
function addToSave(saves: (CollectedSave | null)[], record: RecordOfSave): void {
    if (record.kind === "save") saves[record.save] = new CollectedSave(record, samplesPerSave(saves.length));
    else saves[record.save]?.add(record);
}

/** The records of one test case. */
export class CollectedSave {
    readonly header: HeaderRecord | null;
    /** PNG as base64. */
    readonly screenshot: string | null;
    readonly samples: CollectedSamples;
    /** The first ones. */
    readonly events: SaveEvent[] = [];
    eventsLeftOut = 0;
    verdict: VerdictRecord | null = null;
    callers: CallersRecord | null = null;
    readonly #startedAt: number;

    /** @param mostSamples largest number of samples to retain */
    constructor({ header, screenshot, at_ms }: SaveRecord, mostSamples: number) {
        this.header = header;
        this.screenshot = screenshot;
        this.#startedAt = at_ms;
        this.samples = new CollectedSamples(at_ms, mostSamples);
    }

    add(record: SampleRecord | EventRecord | VerdictRecord | CallersRecord): void {
        if (record.kind === "sample") this.samples.add(record);
        else if (record.kind === "event") this.#addEvent(record);
        else if (record.kind === "verdict") this.verdict = record;
        else this.callers = record;
    }

    #addEvent({ at_ms, event, text }: EventRecord): void {
        if (this.events.length < eventsAtMost) {
            this.events.push({ seconds: (at_ms - this.#startedAt) / 1000, event, text });
        } else {
            this.eventsLeftOut++;
        }
    }
}
