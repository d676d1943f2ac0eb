import { createHash } from "node:crypto";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { CompileTarget } from "../fixtures/prepare/compile.js";
import { makeTarget, type Target, whyNot } from "../fixtures/support/targets.js";
import type { Tally } from "./tally.js";

/**
 * An operation that must not harm a program, done many times: a few in `npm test`, and in `npm run test:stress` as often
 * as it takes to see rare failures.
 */
export interface Trial {
    /** Its name on the command line. */
    readonly name: string;
    /** The counted operation, for the table: "attaches to 8 busy threads". */
    readonly what: string;
    /** Kinds of program or builds of the pool; the whole count is done in each. */
    readonly places: readonly string[];
    /** How often in one place. Short 0: another suite does it as often. */
    count(place: string): { short: number; full: number };
    /** Why it can't be done in a place, with the resolution; or null. */
    whyNot(place: string): string | null;
    run(task: Task, tally: Tally): Promise<void>;
}

/** One trial in one place. */
export interface Task {
    readonly place: string;
    readonly count: number;
    /** All random choices follow from it, in the programs too. */
    readonly seed: number;
    /** The command line that repeats it. */
    readonly again: string;
    /** Whether to stop before the count is reached. */
    stopping(): boolean;
}

/** A task on programs of one kind. */
export interface ProgramTask extends Task {
    readonly target: Target;
    readonly random: Random;
}

export interface ProgramTrial {
    readonly name: string;
    readonly what: string;
    /** Kinds of program; if not given, one of each system. */
    readonly programs?: readonly CompileTarget[];
    /** Path of the C file of the victims; that of `test/fixtures/targets/victim.c`, if not given. */
    readonly source?: string;
    readonly count: { short: number; full: number } | ((program: CompileTarget) => { short: number; full: number });
    run(this: void, task: ProgramTask, tally: Tally): Promise<void>;
}

/** One of each system: they differ by system and processor, not by C runtime. */
export const oneOfEachSystem: readonly CompileTarget[] = ["linux-x64", "linux-i386", "win32-msvcrt"];

/** A trial with a victim of each kind of program. */
export function onPrograms({ name, what, programs = oneOfEachSystem, source, count, run }: ProgramTrial): Trial {
    return {
        name,
        what,
        places: programs,
        count: (place) => (typeof count === "function" ? count(place as CompileTarget) : count),
        whyNot: (place) => whyNot(place as CompileTarget),
        async run(task, tally) {
            const target = await makeTarget(task.place as CompileTarget, source === undefined ? {} : { source });
            Object.assign(process.env, target.env);
            try {
                await run({ ...task, target, random: new Random(task.seed) }, tally);
            } finally {
                target.remove();
            }
        },
    };
}

/** A seed for one trial in one place: the same in every run with the same base. */
export function seedOf(trial: string, place: string, base = 0): number {
    return createHash("sha256").update(`${base} ${trial} ${place}`).digest().readUInt32LE() & 0x7fffffff;
}

/** Random numbers that follow from a seed. */
export class Random {
    readonly #generator;

    constructor(seed: number) {
        this.#generator = xoroshiro128plus(seed);
    }

    /** A whole number, both bounds included. */
    between(least: number, most: number): number {
        return uniformInt(this.#generator, least, most);
    }
}
