import { resolve } from "node:path";
import { UserError } from "../../host/errors.js";
import { type AllocatorName, allocatorNames } from "./allocators.js";
import { type Platform, platforms } from "./platform.js";
import { type WorkloadName, workloadNames } from "./workloads.js";

/** What one run of the benchmark measures. */
export interface BenchOptions {
    seed: number;
    platforms: Platform[];
    workloads: WorkloadName[];
    allocators: AllocatorName[];
    repetitions: number;
    /** Few operations, two repetitions: shows that everything works and says little about speed. */
    quick: boolean;
    /** Wine prefix of the Windows programs; null: the one of the tests. */
    winePrefix: string | null;
}

const defaultRepetitions = 5;
const quickRepetitions = 2;

/** The options of `npm run bench`, for yargs. Its coercions throw {@link UserError} USAGE. */
export const benchOptions = {
    seed: {
        ...wholeNumber("seed", 0, 0xffffffff),
        default: 1,
        describe: "source of all sizes and lifetimes, 0 to 4294967295",
    },
    platforms: list("platforms", platforms),
    workloads: list("workloads", workloadNames),
    allocators: list("allocators", allocatorNames),
    repetitions: {
        ...wholeNumber("repetitions", 1, 100),
        describe: "runs of each workload, 1 to 100",
        defaultDescription: String(defaultRepetitions),
    },
    quick: { type: "boolean", default: false, describe: "few operations: shows that everything works" },
    "wine-prefix": {
        type: "string",
        requiresArg: true,
        coerce: (path: string | string[] | undefined) => once("wine-prefix", path),
        describe: "Wine prefix of the Windows programs",
        defaultDescription: "the tests' own",
    },
} as const;

/** The same as yargs hands them over. */
export interface BenchArguments {
    seed: number;
    platforms?: Platform[];
    workloads?: WorkloadName[];
    allocators?: AllocatorName[];
    repetitions?: number;
    quick: boolean;
    "wine-prefix"?: string;
}

/** Fills in what was not given. */
export function readBenchOptions(args: BenchArguments): BenchOptions {
    const { seed, quick, repetitions = quick ? quickRepetitions : defaultRepetitions } = args;
    return {
        seed,
        platforms: args.platforms ?? [...platforms],
        workloads: args.workloads ?? [...workloadNames],
        allocators: args.allocators ?? [...allocatorNames],
        repetitions,
        quick,
        // Wine takes no relative path.
        winePrefix: args["wine-prefix"] === undefined ? null : resolve(args["wine-prefix"]),
    };
}

function wholeNumber(option: string, from: number, to: number) {
    return {
        // As text, because yargs' own numbers include 0x10 and 1e3.
        type: "string",
        requiresArg: true,
        coerce: (given: string | number | string[] | undefined): number | undefined => {
            const text = once(option, given);
            if (text === undefined) return undefined;
            if (/^\d+$/.test(text) && Number(text) >= from && Number(text) <= to) return Number(text);
            throw wrongOption(`--${option} is "${text}", but must be a whole number from ${from} to ${to}.`);
        },
    } as const;
}

/** Comma-separated names; the result keeps the order of `known`. */
function list<Name extends string>(option: string, known: readonly Name[]) {
    return {
        type: "string",
        requiresArg: true,
        describe: `comma-separated: ${known.join(", ")}`,
        defaultDescription: "all",
        coerce: (given: string | string[] | undefined): Name[] | undefined => {
            const text = once(option, given);
            if (text === undefined) return undefined;
            const wanted = text.split(",").map((name) => name.trim());
            const unknown = wanted.filter((name) => !(known as readonly string[]).includes(name));
            if (unknown.length === 0) return known.filter((name) => wanted.includes(name));
            const names = unknown.join(", ") || "nothing";
            throw wrongOption(`--${option} names ${names}, but knows only ${known.join(", ")}.`);
        },
    } as const;
}

function once(option: string, given: string | number | string[] | undefined): string | undefined {
    if (Array.isArray(given)) throw wrongOption(`--${option} was given more than once.`);
    return given === undefined ? undefined : String(given);
}

function wrongOption(message: string): UserError {
    return new UserError("USAGE", message, "The options and what they accept: npm run bench -- --help");
}
