import type { InferredOptionTypes } from "yargs";
import { sampleIntervalMax } from "../../../shared/layout.js";
import { UserError } from "../../errors.js";
import { fullPath } from "../../files/path-bytes.js";
import type { LoadtestOptions } from "../../loadtest/run/run-loadtest.js";
import type { Shard } from "../../loadtest/run/saves-to-run.js";
import { parseExpectation } from "../../loadtest/scenario/expectations.js";
import { flag, numberOption, once, pathOption, textOption } from "./typed-options.js";

const day = 86_400;
const results = "poolnv-loadtest.jsonl";

/** Options of `loadtest`, besides those of the pool and of the game. */
export const loadtestOptions = {
    program: pathOption("program", {
        describe: "program to test; arguments after -- are passed to it",
        usual: "the game",
        group: "Test:",
    }),
    saves: fullPathOption("saves", "folder of saves for a scenario", "Test:", "the scenario's own"),
    session: flag("load all saves in one process, instead of one process each", "Test:"),
    soak: numberOption(
        "soak",
        { describe: "how long each loaded save runs", usual: "60", group: "Test:" },
        { from: 0, to: 7 * day, unit: "seconds" },
    ),
    "load-limit": numberOption(
        "load-limit",
        { describe: "longest load", usual: "300", group: "Test:" },
        { from: 1, to: day, unit: "seconds" },
    ),
    "hang-limit": numberOption(
        "hang-limit",
        { describe: "time without progress after which a program counts as hung", usual: "60", group: "Test:" },
        { from: 1, to: day, unit: "seconds" },
    ),
    expect: {
        type: "string",
        array: true,
        nargs: 1,
        group: "Test:",
        describe: "expectation that replaces the default ones; may be repeated",
    },
    shard: {
        ...textOption("shard", {
            describe: "test only a part of the saves: 2/5 is the second of five",
            group: "Test:",
        }),
        coerce: (typed: string | string[]) => parseShard(once("shard", typed)),
    },
    interval: numberOption(
        "interval",
        { describe: "time between two samples", usual: "1", group: "Samples:" },
        { from: 0.1, to: 3600, unit: "seconds" },
    ),
    callers: numberOption(
        "callers",
        { describe: "sample the callers, one call in so many", usual: "off", group: "Samples:" },
        { from: 1, to: sampleIntervalMax },
    ),
    results: fullPathOption("results", "file of results, one JSON document a line", "Output:", results),
    resume: flag("continue an interrupted run", "Output:"),
    force: flag("overwrite the file of results", "Output:"),
    junit: fullPathOption("junit", "write the verdicts as JUnit XML", "Output:"),
    report: fullPathOption("report", "write an HTML page about all saves", "Output:"),
    baseline: fullPathOption("baseline", "results of an earlier run to compare with", "Output:"),
} as const;

/** Options of `loadtest`, checked one by one. */
export type LoadtestArguments = InferredOptionTypes<typeof loadtestOptions>;

/**
 * Checks that the options go together, and fills in the defaults.
 *
 * @throws UserError USAGE
 */
export function readLoadtestOptions(args: LoadtestArguments) {
    if (args.resume && args.force) {
        throw new UserError("USAGE", "--resume continues a file that --force overwrites.", "Leave one out.");
    }
    const expected = args.expect ?? [];
    return {
        session: args.session,
        soakSeconds: args.soak ?? 60,
        limits: {
            loadMs: (args["load-limit"] ?? 300) * 1000,
            hangMs: (args["hang-limit"] ?? 60) * 1000,
            intervalMs: (args.interval ?? 1) * 1000,
        },
        sampleInterval: args.callers ?? null,
        expectations: expected.length === 0 ? null : expected.map(parseExpectation),
        results: args.results ?? fullPath(results),
        resume: args.resume,
        overwrite: args.force,
        shard: args.shard ?? null,
    } satisfies Partial<LoadtestOptions>;
}

/** Name of a file or folder, made absolute. */
function fullPathOption(name: string, describe: string, group: string, usual?: string) {
    const option = pathOption(name, { describe, group, usual });
    return { ...option, coerce: (typed: string | string[]) => fullPath(option.coerce(typed)) } as const;
}

const shardsAtMost = 10_000;

function parseShard(text: string): Shard {
    const [, number, count] = (/^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []).map(Number);
    if (number === undefined || count === undefined || number < 1 || number > count || count > shardsAtMost) {
        throw new Error(`--shard is "${text}", but must be a part such as 2/5, of at most ${shardsAtMost}.`);
    }
    return { number, count };
}
