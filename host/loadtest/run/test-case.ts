import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";

import { UserError } from "../../errors.js";
import type { ExitRecord, VerdictRecord } from "../results/record.js";
import type { Scenario } from "../scenario/scenario.js";
import { unknownExit } from "../program/exit.js";
import { type Look, ProgressWatch } from "../program/progress-watch.js";
import type { StartedProgram } from "../program/started-program.js";
import { DiedAtStart } from "../program/start-program.js";
import { deathOf, Interrupted, CaseOver } from "./case-over.js";
import { CaseCallers } from "./case-callers.js";
import type { CaseJournal } from "./case-journal.js";
import { CaseSteps } from "./steps.js";

/** What bounds a turn, in milliseconds. */
export interface Limits {
    /** Until a save is loaded. */
    readonly loadMs: number;
    /** Without progress. */
    readonly hangMs: number;
    /** From one sample to the next. */
    readonly intervalMs: number;
}

/** What is looked at besides. */
export interface Interests {
    /** Calls for memory of which one is sampled, to know who asks; null: none. */
    readonly callersOneIn: number | null;
}

/** Where the program of a turn comes from, and stays for the next one. */
export interface Launcher {
    /** @returns a program that runs; whether it has just been started */
    launch(): Promise<{ program: StartedProgram; isFresh: boolean; words: string }>;
    attach(process: string | number): Promise<StartedProgram>;
    /** Whether the program is told its save by its command line. */
    readonly takesSave: boolean;
}

/** The turn of one save: carries its scenario out, watches the program meanwhile, and comes to a verdict. */
export class TestCase {
    readonly #over = new AbortController();
    #program: StartedProgram | null = null;
    #watch = new ProgressWatch(performance.now());
    /** Whether the program is still at its save, as far as the scenario knows. */
    isLoading = true;
    #looks: Promise<void> = Promise.resolve();
    #callers: CaseCallers | null = null;

    constructor(
        readonly stage: Launcher,
        readonly journal: CaseJournal,
        readonly limits: Limits,
        readonly signal: AbortSignal,
        readonly interests: Interests,
    ) {}

    /**
     * @returns null where it was interrupted
     * @throws UserError where the program can't be tested at all, as without an engine
     */
    async play(scenario: Scenario, steps: CaseSteps): Promise<VerdictRecord | null> {
        const interrupt = () => this.#end(new Interrupted());
        this.signal.addEventListener("abort", interrupt);
        if (this.signal.aborted) interrupt();
        try {
            await this.guard(scenario.run(steps));
            await this.look();
            await this.guard(this.#callers?.read() ?? Promise.resolve());
            return this.#verdict(null, [], null);
        } catch (error) {
            if (error instanceof Interrupted) return null;
            if (error instanceof CaseOver) return this.#verdict(error.verdict, [error.reason], error.exit);
            if (error instanceof UserError && !ofTheTurn.includes(error.code)) throw error;
            const what = error instanceof Error ? error.message : String(error);
            return this.#verdict("failed", [`the scenario failed: ${what}`], null);
        } finally {
            this.signal.removeEventListener("abort", interrupt);
            this.#end(new Interrupted());
            await this.#looks;
        }
    }

    get program(): StartedProgram {
        if (this.#program === null) throw new Error("no program was launched before");
        return this.#program;
    }

    get hasProgram(): boolean {
        return this.#program !== null;
    }

    /** From now on the turn is that of this program. */
    async begin(program: StartedProgram, isFresh: boolean): Promise<void> {
        this.#program = program;
        this.#watch = new ProgressWatch(performance.now());
        this.journal.beginProgram(isFresh ? null : await this.guard(program.pool.statistics()));
        const { callersOneIn } = this.interests;
        if (callersOneIn !== null) this.#callers = await this.guard(CaseCallers.begin(program.session, callersOneIn));
        void program.ended.then((exit) => this.#died(exit));
        this.#looks = this.#lookOn();
    }

    /** What a work leads to, unless the turn is over before: then it rejects with why. */
    async guard<T>(work: Promise<T>): Promise<T> {
        const { signal } = this.#over;
        let give = () => {};
        const over = new Promise<never>((_resolve, reject) => {
            give = () => reject(signal.reason as Error);
            signal.addEventListener("abort", give);
            if (signal.aborted) give();
        });
        over.catch(() => {});
        work.catch(() => {});
        try {
            return await Promise.race([work, over]);
        } catch (error) {
            if (error instanceof DiedAtStart) throw deathOf(error.exit);
            if (error instanceof UserError && isSilence(error)) throw await this.#explain(error);
            throw error;
        } finally {
            signal.removeEventListener("abort", give);
        }
    }

    /** Looks at the program once: takes a sample, and tells whether it makes progress. */
    async look(): Promise<Look> {
        const program = this.program;
        const statistics = await this.guard(program.pool.statistics());
        const state = program.session.facts.hasMainThreadQueue ? await this.guard(program.session.gameState()) : null;
        const look = { statistics, frames: state?.frames ?? null, loading: state?.loading ?? null };
        this.journal.sample(statistics);
        await this.guard(this.#callers?.refresh() ?? Promise.resolve());
        this.#watch.note(performance.now(), look, this.isLoading);
        return look;
    }

    /** One look after the other, until the turn is over. */
    async #lookOn(): Promise<void> {
        const { signal } = this.#over;
        let due = performance.now();
        while (!signal.aborted) {
            try {
                await this.look();
            } catch (error) {
                if (!signal.aborted) this.#end(error as Error);
                return;
            }
            const now = performance.now();
            if (this.#watch.stillMs(now) > this.limits.hangMs) {
                const where = this.isLoading ? "while the save was loading, " : "";
                this.#end(new CaseOver("hung", where + this.#watch.describe(now)));
            }
            due += Math.max(1, Math.ceil((now - due) / this.limits.intervalMs)) * this.limits.intervalMs;
            await pause(Math.max(0, due - now), null, { signal }).catch(() => {});
        }
    }

    #end(reason: Error): void {
        if (!this.#over.signal.aborted) this.#over.abort(reason);
    }

    #died(exit: ExitRecord): void {
        this.#end(deathOf(exit));
    }

    /** Why a program answers nothing: it has ended, which may be told a moment later, or it hangs. */
    async #explain(error: UserError): Promise<Error> {
        const told = this.#program === null ? null : await Promise.race([this.program.ended, pause(endingMs, null)]);
        if (told !== null) return deathOf(told);
        if (error.code === "NOT_ANSWERING") return new CaseOver("hung", error.message);
        return error.code === "TARGET_GONE" ? deathOf(unknownExit) : error;
    }

    #verdict(verdict: VerdictRecord["verdict"] | null, reasons: string[], exit: ExitRecord | null): VerdictRecord {
        const { journal } = this;
        if (exit !== null && verdict === null) journal.ended();
        if (verdict === "crashed" || verdict === "hung") journal.event(verdict, reasons[0]!);
        journal.lastSample();
        if (this.#callers !== null) journal.callers(this.#callers);
        return journal.verdict(verdict, reasons, exit);
    }
}

/** How long a program that answers no more may take to be known as ended, in milliseconds. */
const endingMs = 5_000;

/** Errors that are about one save's turn, and not about all of the run. */
const ofTheTurn: readonly UserError["code"][] = [
    "BAD_SAVE",
    "USAGE",
    "FORGED_POOL",
    "TARGET_GONE",
    "NOT_ANSWERING",
    "ENGINE_DIED",
    "THREADS_WOULD_NOT_STOP",
];

function isSilence({ code }: UserError): boolean {
    return code === "TARGET_GONE" || code === "NOT_ANSWERING" || code === "ENGINE_DIED";
}
