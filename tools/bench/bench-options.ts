import { resolve } from "node:path";
import { UserError } from "../../host/errors.js";
import { type ContestantName, contestantNames } from "./contestants.js";
import { targetNames, type TargetName } from "./target-kind.js";
import { type WorkloadName, workloadNames } from "./workloads.js";

/** What one run of the benchmark measures. */
export interface BenchOptions {
    seed: number;
    targets: TargetName[];
    workloads: WorkloadName[];
    contestants: ContestantName[];
    repetitions: number;
    /** Few operations, two repetitions: shows that everything works and says little of how fast. */
    quick: boolean;
    /** Wine prefix of the Windows programs; null: the one of the tests. */
    winePrefix: string | null;
}

/** The same as they are typed; a list where one was given more than once. */
export interface BenchWords {
    seed?: Words;
    targets?: Words;
    workloads?: Words;
    contestants?: Words;
    repetitions?: Words;
    quick?: boolean;
    "wine-prefix"?: Words;
}

type Words = string | string[];

export const defaultSeed = 1;
const defaultRepetitions = 5;
const quickRepetitions = 2;
const mostRepetitions = 100;
const largestSeed = 0xffffffff;

/**
 * Checks what was typed and fills in the rest.
 *
 * @throws UserError USAGE
 */
export function readBenchOptions(words: BenchWords): BenchOptions {
    const quick = words.quick === true;
    return {
        seed: wholeNumber("seed", words.seed, { otherwise: defaultSeed, from: 0, to: largestSeed }),
        targets: list("targets", words.targets, targetNames),
        workloads: list("workloads", words.workloads, workloadNames),
        contestants: list("contestants", words.contestants, contestantNames),
        repetitions: wholeNumber("repetitions", words.repetitions, {
            otherwise: quick ? quickRepetitions : defaultRepetitions,
            from: 1,
            to: mostRepetitions,
        }),
        quick,
        winePrefix: folder("wine-prefix", words["wine-prefix"]),
    };
}

function wholeNumber(
    option: string,
    words: Words | undefined,
    { otherwise, from, to }: { otherwise: number; from: number; to: number },
): number {
    const text = single(option, words);
    if (text === undefined) return otherwise;
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= from && number <= to) return number;
    throw wrongOption(`--${option} is "${text}", but must be a whole number from ${from} to ${to}.`);
}

/** Names with commas between; the order is ours, whatever the order they were typed in. */
function list<Name extends string>(option: string, words: Words | undefined, known: readonly Name[]): Name[] {
    const text = single(option, words);
    if (text === undefined) return [...known];
    const wanted = text.split(",").map((word) => word.trim());
    const unknown = wanted.filter((word) => !(known as readonly string[]).includes(word));
    if (unknown.length > 0)
        throw wrongOption(`--${option} names ${unknown.join(", ") || "nothing"}, but knows only ${known.join(", ")}.`);
    return known.filter((name) => wanted.includes(name));
}

/** Wine takes no relative one. */
function folder(option: string, words: Words | undefined): string | null {
    const path = single(option, words);
    return path === undefined ? null : resolve(path);
}

function single(option: string, words: Words | undefined): string | undefined {
    if (Array.isArray(words)) throw wrongOption(`--${option} was given more than once.`);
    return words;
}

function wrongOption(message: string): UserError {
    return new UserError("USAGE", message, "The options and what they accept: poolnv bench --help");
}
