import path from "node:path";

import { sampleIntervalMax } from "../../../shared/layout.js";
import { UserError } from "../../errors.js";
import { type Expectation, parseExpectation } from "../../loadtest/scenario/expectations.js";
import type { Shard } from "../../loadtest/run/saves-to-run.js";
import type { Limits } from "../../loadtest/run/watchdog.js";
import { decimalNumber, type NumberOption, numberOption, wholeNumber } from "./number-option.js";
import { single } from "./resolve-settings.js";

/** What yargs is told of the options. */
export const loadtestOptions = {
    program: { ...text("program to test; what is behind -- are its arguments then"), defaultDescription: "the game" },
    saves: { ...text("folder of saves for a scenario"), defaultDescription: "what the scenario says" },
    session: { type: "boolean", default: false, describe: "one process for all saves" },
    soak: { ...text("seconds to let each loaded save be"), defaultDescription: "60" },
    "load-limit": { ...text("seconds that a save may take to load"), defaultDescription: "300" },
    "hang-limit": { ...text("seconds without progress until a program counts as hanging"), defaultDescription: "60" },
    interval: { ...text("seconds from one sample to the next, 0.1 to 3600"), defaultDescription: "1" },
    callers: { ...text("sample who asks for memory, one call in so many, 1 to 1000000"), defaultDescription: "nobody" },
    expect: { ...text("what to expect, instead of the usual; may be given again"), array: true, nargs: 1 },
    results: { ...text("file of results, one JSON document a line"), defaultDescription: "poolnv-loadtest.jsonl" },
    resume: { type: "boolean", default: false, describe: "go on with a run that was interrupted" },
    force: { type: "boolean", default: false, describe: "overwrite the file of results" },
    shard: text("only a part of the saves, such as 2/5: the second of five"),
    junit: text("write the verdicts as JUnit XML"),
    report: text("write a page that tells of all saves"),
    baseline: text("results of an earlier run to compare with"),
} as const;

/** The same as they are typed. */
export interface LoadtestWords {
    program?: string | string[];
    saves?: string | string[];
    session: boolean;
    soak?: string | string[];
    "load-limit"?: string | string[];
    "hang-limit"?: string | string[];
    interval?: string | string[];
    callers?: string | string[];
    expect?: string[];
    results?: string | string[];
    resume: boolean;
    force: boolean;
    shard?: string | string[];
    junit?: string | string[];
    report?: string | string[];
    baseline?: string | string[];
}

/** The same, checked. Files as full paths. */
export interface LoadtestWishes {
    program: string | undefined;
    saves: string | undefined;
    session: boolean;
    soakSeconds: number;
    limits: Limits;
    sampleInterval: number | null;
    expectations: readonly Expectation[] | null;
    results: string;
    resume: boolean;
    overwrite: boolean;
    shard: Shard | null;
    junit: string | undefined;
    report: string | undefined;
    baseline: string | undefined;
}

/** @throws UserError USAGE */
export function readLoadtestOptions(words: LoadtestWords): LoadtestWishes {
    if (words.resume && words.force)
        throw wrong("--resume goes on with a file, --force overwrites it.", "Leave one out.");
    const expected = words.expect ?? [];
    return {
        program: filled("program", words.program),
        saves: file("saves", words.saves),
        session: words.session,
        soakSeconds: seconds("soak", words.soak, 0, 604_800) ?? 60,
        limits: {
            loadMs: (seconds("load-limit", words["load-limit"], 1, 86_400) ?? 300) * 1000,
            hangMs: (seconds("hang-limit", words["hang-limit"], 1, 86_400) ?? 60) * 1000,
            intervalMs: (seconds("interval", words.interval, 0.1, 3_600) ?? 1) * 1000,
        },
        sampleInterval: numberOption(callersOption, words.callers) ?? null,
        expectations: expected.length === 0 ? null : expected.map(parseExpectation),
        results: file("results", words.results) ?? path.resolve("poolnv-loadtest.jsonl"),
        resume: words.resume,
        overwrite: words.force,
        shard: shard(single("shard", words.shard)),
        junit: file("junit", words.junit),
        report: file("report", words.report),
        baseline: file("baseline", words.baseline),
    };
}

const callersOption: NumberOption = {
    name: "callers",
    command: "loadtest",
    shape: wholeNumber,
    least: 1,
    most: sampleIntervalMax,
    expectation: `a whole number, 1 to ${sampleIntervalMax}`,
};

function text(describe: string) {
    return { type: "string", requiresArg: true, describe } as const;
}

function seconds(option: string, words: string | string[] | undefined, least: number, most: number) {
    const expectation = `seconds, ${least} to ${most}`;
    return numberOption({ name: option, command: "loadtest", shape: decimalNumber, least, most, expectation }, words);
}

function file(option: string, words: string | string[] | undefined): string | undefined {
    const name = filled(option, words);
    return name === undefined ? undefined : path.resolve(name);
}

function filled(option: string, words: string | string[] | undefined): string | undefined {
    const name = single(option, words);
    if (name === "") throw wrong(`The name for --${option} is empty.`, help);
    return name;
}

/** More machines than that nobody has. */
const shardsAtMost = 10_000;

function shard(typed: string | undefined): Shard | null {
    if (typed === undefined) return null;
    const [, number, count] = (/^(\d{1,5})\/(\d{1,5})$/.exec(typed) ?? []).map(Number);
    if (number === undefined || count === undefined || number < 1 || number > count || count > shardsAtMost)
        throw wrong(`--shard is "${typed}", but must be such as 2/5: the second of five.`, help);
    return { number, count };
}

const help = "See: poolnv loadtest --help";

function wrong(message: string, resolution: string): UserError {
    return new UserError("USAGE", message, resolution);
}
