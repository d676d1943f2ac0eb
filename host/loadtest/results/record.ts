import { z } from "zod";
import { statistics } from "../../client/replies.js";

/** Longest line of a results file, in characters: more than twice what a save with the largest picture takes. */
export const lineLimit = 1024 * 1024;
/** Largest number of saves in one run. */
export const savesAtMost = 100_000;

const count = z.number().int().nonnegative();
/** Index into the run's `saves`. */
const save = count.max(savesAtMost - 1);
/** Milliseconds since the run's `started`. */
const at_ms = count;
const text = z.string().max(4096);
const isoTime = z.iso.datetime();

/** The first line: what is tested, and how. */
export const runRecord = z.object({
    kind: z.literal("run"),
    format: z.literal(1),
    /** Version of poolnv that wrote the file. */
    poolnv: text,
    started: isoTime,
    /** Name of the program. */
    program: text,
    /** File name of the scenario; null for the default one. */
    scenario: text.nullable(),
    /** Requested bytes. */
    pool_size: count,
    /** Requested layers. */
    layers: z.array(text).max(8),
    soak_seconds: z.number().nonnegative(),
    /** Whether one process is used for all saves. */
    session: z.boolean(),
    /** As `2/5`, or null. */
    shard: text.nullable(),
    expectations: z.array(text).max(64),
    /** File names of all saves of this run, in their order. A run without saves has one test case, with an empty name. */
    saves: z.array(text).max(savesAtMost),
});

/** An interrupted run was resumed. Later times still count from the first `started`. */
export const resumedRecord = z.object({ kind: z.literal("resumed"), started: isoTime });

/** A save's header. Its texts may hold any character. */
export const headerRecord = z.object({
    player: text,
    level: count,
    location: text,
    play_time: text,
    save_number: count,
});

/** A test case begins. After `resumed` a save may be tested a second time: only records after its last `save` count. */
export const saveRecord = z.object({
    kind: z.literal("save"),
    save,
    file: text,
    at_ms,
    /** Null if it can't be read. */
    header: headerRecord.nullable(),
    /** PNG as base64, at most 320 pixels wide, or null. */
    screenshot: z.base64().max(600_000).nullable(),
});

/** The pool at one moment. The histogram is in the last sample of a save only. */
export const sampleRecord = z.object({
    kind: z.literal("sample"),
    save,
    at_ms,
    statistics: statistics.partial({ histogram: true, stray_pointers: true }).extend({
        active: count.max(1),
        /** Missing in results of poolnv 0.1.0 and earlier: use `pool_size` then, which is the same unless the pool has segments. */
        pool_limit: count.optional(),
    }),
});

export const eventNames = [
    "launched",
    "installed",
    "loading",
    "loaded",
    "note",
    "fallback_burst",
    "expectation_failed",
    "crashed",
    "hung",
    "left",
] as const;

/** Something that happened in a test case, with a text. */
export const eventRecord = z.object({ kind: z.literal("event"), save, at_ms, event: z.enum(eventNames), text });

/** How a program ended, as far as it is known. */
export const exitRecord = z.object({
    code: z.number().int().nullable(),
    /** Name of the signal that ended it, as `SIGSEGV`. */
    signal: text.nullable(),
    /** The exception, as `0xC0000005 (access violation)`. */
    exception: text.nullable(),
    /** Address of the instruction, as `0x00ECD1C7`. */
    address: text.nullable(),
    /** The module that holds it. */
    module: text.nullable(),
});

export const verdicts = ["passed", "failed", "crashed", "hung", "not_loaded", "unreadable"] as const;

/** The verdict on a save. Each save has at most one. */
export const verdictRecord = z.object({
    kind: z.literal("verdict"),
    save,
    at_ms,
    verdict: z.enum(verdicts),
    reasons: z.array(text).max(64),
    /** Bytes; 0 if no sample was taken. */
    peak_used: count,
    /** Share of the requests that the pool could not serve. */
    fallback_share: z.number().min(0).max(1),
    load_seconds: z.number().nonnegative().nullable(),
    /** Null if the program had not ended, or was never started. */
    exit: exitRecord.nullable(),
});

/**
 * Callers of the allocator, as in `poolnv top`: estimates from samples. The offset is from the start of the module if the
 * function has no name, else 0.
 */
export const callersRecord = z.object({
    kind: z.literal("callers"),
    save,
    callers: z
        .array(z.object({ module: text, function: text.nullable(), offset: count, bytes: count, blocks: count }))
        .max(1000),
});

/** The last line. A file without it is incomplete. */
export const endRecord = z.object({
    kind: z.literal("end"),
    at_ms,
    reason: z.enum(["finished", "interrupted"]),
});

/** Any line of a results file. */
export const resultRecord = z.discriminatedUnion("kind", [
    runRecord,
    resumedRecord,
    saveRecord,
    sampleRecord,
    eventRecord,
    verdictRecord,
    callersRecord,
    endRecord,
]);

/** Any record of a results file. */
export type ResultRecord = z.infer<typeof resultRecord>;
/** The first record: what is tested and how. */
export type RunRecord = z.infer<typeof runRecord>;
export type HeaderRecord = z.infer<typeof headerRecord>;
export type SaveRecord = z.infer<typeof saveRecord>;
export type SampleRecord = z.infer<typeof sampleRecord>;
export type EventRecord = z.infer<typeof eventRecord>;
export type EventName = EventRecord["event"];
export type ExitRecord = z.infer<typeof exitRecord>;
/** The verdict on a save, with its reasons. */
export type VerdictRecord = z.infer<typeof verdictRecord>;
/** The possible verdicts. */
export type Verdict = VerdictRecord["verdict"];
export type CallersRecord = z.infer<typeof callersRecord>;
/** The last record of a run that was not cut off. */
export type EndRecord = z.infer<typeof endRecord>;
