import type { UserErrorCode } from "../../host/errors.js";

/** What the host may do with a forged pool: refuse it with one of these codes, or use it. */
export type Outcome = UserErrorCode | "served";

/** The kinds of `test/fixtures/targets/forge.h`, and the outcomes allowed for each. */
export const forgeries: Readonly<Record<string, readonly Outcome[]>> = {
    version: ["FOREIGN_VERSION"],
    length: ["FORGED_POOL"],
    self: ["NO_POOL"],
    pid: ["FORGED_POOL"],
    stage: ["FORGED_POOL"],
    unfinished: ["THREADS_WOULD_NOT_STOP"],
    unhooked: ["THREADS_WOULD_NOT_STOP"],
    strategy: ["FORGED_POOL"],
    active: ["FORGED_POOL"],
    size: ["FORGED_POOL"],
    asked: ["FORGED_POOL"],
    tables: ["FORGED_POOL"],
    region: ["FORGED_POOL"],
    null: ["FORGED_POOL"],
    unmapped: ["FORGED_POOL"],
    beyond: ["FORGED_POOL"],
    data: ["FORGED_POOL"],
    image: ["FORGED_POOL"],
    "own-block": ["FORGED_POOL"],
    guard: ["FORGED_POOL"],
    "endless-log": ["FORGED_POOL"],
    "no-text-log": ["FORGED_POOL"],
    "escaping-log": ["served"],
    system: ["FORGED_POOL"],
    pointers: ["FORGED_POOL"],
    start: ["FORGED_POOL"],
    "no-mailbox": ["FORGED_POOL"],
    "no-thread": ["NO_ROOM"],
    crash: ["FORGED_POOL"],
    old: ["FOREIGN_VERSION"],
    "short-facts": ["FORGED_POOL"],
    state: ["FORGED_POOL"],
    "endless-callers": ["served"],
    "wild-callers": ["FORGED_POOL"],
    "reset-huge": ["FORGED_POOL"],
    negative: ["FORGED_POOL"],
    huge: ["FORGED_POOL"],
    classes: ["FORGED_POOL"],
    "class-values": ["FORGED_POOL"],
    flag: ["FORGED_POOL"],
    "other-statistics": ["FORGED_POOL"],
    "empty-statistics": ["FORGED_POOL"],
    many: ["FORGED_POOL"],
    changing: ["FORGED_POOL", "served"],
    nothing: ["served"],
    hang: ["NOT_ANSWERING"],
    end: ["TARGET_GONE"],
};

/** Of a control block with some wrong bytes: it may still be valid or not, and have no resident. */
export const mutation: readonly Outcome[] = [
    "FORGED_POOL",
    "NO_ROOM",
    "FOREIGN_VERSION",
    "NO_POOL",
    "THREADS_WOULD_NOT_STOP",
    "served",
];

/** After these the session is over: a request of the worker hangs, or the program has ended. */
export const lastOnes: readonly string[] = ["hang", "end"];
