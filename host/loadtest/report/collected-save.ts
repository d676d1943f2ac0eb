import type {
    CallersRecord,
    EventRecord,
    HeaderRecord,
    SampleRecord,
    SaveRecord,
    VerdictRecord,
} from "../results/record.js";
import { CollectedSamples } from "./collected-samples.js";
import type { SaveEvent } from "./document.js";

const eventsAtMost = 500;

/** One turn of one save. */
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

    /** @param samplesKept how many samples are kept at most */
    constructor({ header, screenshot, at_ms }: SaveRecord, samplesKept: number) {
        this.header = header;
        this.screenshot = screenshot;
        this.#startedAt = at_ms;
        this.samples = new CollectedSamples(at_ms, samplesKept);
    }

    add(record: SampleRecord | EventRecord | VerdictRecord | CallersRecord): void {
        if (record.kind === "sample") this.samples.add(record);
        else if (record.kind === "event") this.#addEvent(record);
        else if (record.kind === "verdict") this.verdict = record;
        else this.callers = record;
    }

    #addEvent({ at_ms, event, text }: EventRecord): void {
        if (this.events.length < eventsAtMost)
            this.events.push({ seconds: (at_ms - this.#startedAt) / 1000, event, text });
        else this.eventsLeftOut++;
    }
}
