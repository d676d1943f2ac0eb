import { attach } from "../../../host/client/open.js";
import type { PoolClient } from "../../../host/client/pool-client.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { growth } from "../../programs/install/expected-counters.js";
import { expectCounters, type Setting, settings } from "../fuzz/settings.js";
import type { Tally } from "../tally.js";
import { onPrograms, type ProgramTask } from "../trial.js";
import { eachVictim } from "../victims.js";

/** Threads of a fuzz program. */
const threads = 6;

/** Steps under one setting, at most: another victim, another attach. */
const stepsOfVictim = 1_000_000;

/** Steps of one program, at most: at its end everything is freed, and counted. */
const stepsOfProgram = 100_000;

/** Random calls of every allocation function, against a model of the live blocks, under pools of every kind. */
export const fuzz = onPrograms({
    name: "fuzz",
    what: "random allocation calls against a model of live blocks",
    programs: ["linux-x64", "linux-i386", "win32-msvcrt", "win32-ucrt"],
    count: (program) => counts[program],
    async run(task, tally) {
        const victims = Math.max(settings.length, Math.ceil(task.count / stepsOfVictim));
        const shares = deal(task.count, victims);
        const fallbacks: number[] = [];
        let programs = 0;
        await eachVictim(
            { ...task, count: victims },
            tally,
            async (victim, round) => {
                const setting = settings[round % settings.length]!;
                const run = new FuzzedVictim(victim, setting, task, tally);
                fallbacks.push(await run.spend(shares[round]!));
                programs += run.programs;
            },
            0,
        );
        const served = fallbacks.reduce((sum, count) => sum + count, 0).toLocaleString("en");
        tally.remarks.push(`${programs} programs under ${victims} pools; ${served} blocks were served by the original`);
    },
});

const counts = {
    "linux-x64": { short: 150_000, full: 34_000_000 },
    "linux-i386": { short: 150_000, full: 30_000_000 },
    "win32-msvcrt": { short: 100_000, full: 30_000_000 },
    "win32-ucrt": { short: 60_000, full: 6_000_000 },
};

/** One program to attach to, which runs fuzz programs one after the other under the same pool. */
class FuzzedVictim {
    programs = 0;
    readonly #victim: Victim;
    readonly #setting: Setting;
    readonly #task: ProgramTask;
    readonly #tally: Tally;

    constructor(victim: Victim, setting: Setting, task: ProgramTask, tally: Tally) {
        this.#victim = victim;
        this.#setting = setting;
        this.#task = task;
        this.#tally = tally;
    }

    /**
     * Runs programs of so many steps in all.
     *
     * @returns how many blocks the pool left to the original
     */
    async spend(steps: number): Promise<number> {
        await this.#victim.order("work 1 100 8"); // every thread once: runtimes keep a block for each
        const session = await this.#attach();
        try {
            return await this.#spendUnder(session, steps);
        } finally {
            await session.close();
        }
    }

    async #spendUnder(session: PoolClient, steps: number): Promise<number> {
        const start = await this.#victim.numbers("counters");
        if (this.#setting.filledUp === true) await this.#victim.order("hold 2000 7000");
        for (const share of deal(steps, Math.max(4, Math.ceil(steps / stepsOfProgram)))) {
            if (this.#task.stopping()) break;
            await this.#program(share, session);
            this.#tally.done(share);
        }
        const { corruptions } = await this.#dropped();
        this.#tally.contents(corruptions, `${this.#setting.name}: blocks held beside the fuzz`);
        return this.#expectBackAt(start);
    }

    /** Attaches before all programs, or in the middle of one: those that run until then are not counted. */
    async #attach(): Promise<PoolClient> {
        const attaching = attach(this.#victim.processName, this.#setting.pool);
        if (this.#setting.arrives === "before") return attaching;
        let attached = false;
        const done = attaching.finally(() => (attached = true));
        done.catch(() => {}); // awaited below, when the program at hand has ended
        while (!attached) await this.#made(stepsOfProgram);
        return done;
    }

    async #program(steps: number, session: PoolClient): Promise<void> {
        const before = await this.#victim.numbers("counters");
        const made = await (this.#setting.switched === true
            ? switching(session, this.#made(steps))
            : this.#made(steps));
        const grown = growth(before, await this.#victim.numbers("counters"));
        this.#tally.expect(made["steps"] === steps, `${this.#setting.name}: ${made["steps"]} of ${steps} steps`);
        expectCounters(this.#setting, this.#task.place, made, grown, (holds, what) =>
            this.#tally.expect(holds, `${this.#setting.name}: ${what}; again: ${this.#task.again}`),
        );
    }

    /** Runs a program with a seed of its own. @returns its record of its calls */
    async #made(steps: number): Promise<Record<string, number>> {
        const seed = this.#task.random.between(1, 0x7fffffff);
        const order = `fuzz ${seed} ${steps} ${threads}`;
        this.programs++;
        try {
            const made = await this.#victim.numbers(order);
            if (made["wrong"] !== 0 || made["corruptions"] !== 0) await this.#throwFault(order, made["corruptions"]);
            return made;
        } catch (cause) {
            const where = `${this.#setting.name}, "${order}"`;
            throw new Error(`${where}: ${(cause as Error).message}; again: ${this.#task.again}`, { cause });
        }
    }

    async #throwFault(order: string, corruptions: number | undefined): Promise<never> {
        this.#tally.contents(corruptions, `${this.#setting.name}, "${order}"`);
        throw new Error(await this.#victim.order("fault"));
    }

    #dropped(): Promise<Record<string, number>> {
        return this.#victim.numbers("drop");
    }

    async #expectBackAt(start: Record<string, number>): Promise<number> {
        const end = await this.#victim.numbers("counters");
        if (this.#setting.pool.strategy !== "bump") {
            this.#tally.expect(
                end["current_used"] === start["current_used"],
                `${this.#setting.name}: ${start["current_used"]} bytes in use at the start, ${end["current_used"]} at the end`,
            );
        }
        return growth(start, end)["fallback_allocs"]!;
    }
}

/** Switches the pool off and on until something is done; it is on again then. */
async function switching<Result>(session: PoolClient, something: Promise<Result>): Promise<Result> {
    let done = false;
    const ended = something.finally(() => (done = true));
    ended.catch(() => {}); // awaited below, when the pool is on again
    for (let active = false; !done; active = !active) await session.setMemoryPoolActive(active);
    await session.setMemoryPoolActive(true);
    return ended;
}

/** Whole numbers that differ by one at most and add up to a sum. */
function deal(sum: number, parts: number): number[] {
    return Array.from({ length: parts }, (_, part) => Math.floor(sum / parts) + (part < sum % parts ? 1 : 0));
}
