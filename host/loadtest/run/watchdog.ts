import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { UserError } from "../../errors.js";
import { unknownExit } from "../program/exit.js";
import { type Poll, ProgressWatch } from "../program/progress-watch.js";
import { DiedAtStart, type StartedProgram } from "../program/start-program.js";
import { CaseEnded, endedWith, Interrupted } from "./case-ended.js";
import type { CaseJournal } from "./case-journal.js";
import { CaseSampler } from "./case-sampler.js";

/** Limits of a test case, in milliseconds. */
export interface Limits {
    /** Until a save is loaded. */
    readonly loadMs: number;
    /** Without progress. */
    readonly hangMs: number;
    /** From one sample to the next. */
    readonly intervalMs: number;
}

/**
 * Polls the program of a test case at an interval, writes each sample to the journal, and ends the test case if the program
 * dies or hangs. Everything that waits for the program does so by `guard`, which rejects when the test case ends.
 */
export class Watchdog {
    /** Whether the scenario is still waiting for its save: calls of the pool are progress then. */
    isLoading = true;
    readonly #end = new AbortController();
    #program: StartedProgram | null = null;
    #progress = new ProgressWatch(performance.now());
    #sampler: CaseSampler | null = null;
    #polling: Promise<void> = Promise.resolve();

    /** @param sampleInterval calls of the allocator per sample of its callers; null: callers are not sampled */
    constructor(
        private readonly journal: CaseJournal,
        private readonly limits: Limits,
        private readonly sampleInterval: number | null,
    ) {}

    get program(): StartedProgram {
        if (this.#program === null) throw new Error("no program was launched before");
        return this.#program;
    }

    get hasProgram(): boolean {
        return this.#program !== null;
    }

    /** Aborted when the test case ends; its reason says why. */
    get ended(): AbortSignal {
        return this.#end.signal;
    }

    /** The callers of the allocator as of the last reading; null if they are not sampled. */
    get callers(): ReturnType<CaseSampler["callers"]> | null {
        return this.#sampler?.callers() ?? null;
    }

    /**
     * Starts to watch a program, in place of the one before.
     *
     * @param isFresh whether it was started for this test case
     */
    async watch(program: StartedProgram, isFresh: boolean): Promise<void> {
        this.#program = program;
        this.#progress = new ProgressWatch(performance.now());
        this.journal.beginProgram(isFresh ? null : await this.guard(program.pool.statistics()));
        if (this.sampleInterval !== null) {
            this.#sampler = await this.guard(CaseSampler.start(program.pool, this.sampleInterval));
        }
        void program.ended.then((exit) => this.end(endedWith(exit)));
        this.#polling = this.#pollUntilEnd();
    }

    /** Resolves as the work does. Rejects with the reason if the test case ends before. */
    async guard<T>(work: Promise<T>): Promise<T> {
        const { signal } = this.#end;
        let giveUp = () => {};
        const ended = new Promise<never>((_resolve, reject) => {
            giveUp = () => reject(signal.reason as Error);
            signal.addEventListener("abort", giveUp);
            if (signal.aborted) giveUp();
        });
        ended.catch(() => {});
        work.catch(() => {});
        try {
            return await Promise.race([work, ended]);
        } catch (error) {
            if (error instanceof DiedAtStart) throw endedWith(error.exit);
            if (error instanceof UserError && isSilence(error)) throw await this.#explain(error);
            throw error;
        } finally {
            signal.removeEventListener("abort", giveUp);
        }
    }

    /** Polls the program once: takes a sample, and notes whether there was progress. */
    async poll(): Promise<Poll> {
        const { pool } = this.program;
        const statistics = await this.guard(pool.statistics());
        const state = pool.facts.hasMainThreadQueue ? await this.guard(pool.ask("gameState", null)) : null;
        const poll = { statistics, frames: state?.frames ?? null, loading: state?.loading ?? null };
        this.journal.sample(statistics);
        await this.guard(this.#sampler?.refresh() ?? Promise.resolve());
        this.#progress.note(performance.now(), poll, this.isLoading);
        return poll;
    }

    /** Reads the callers once more. */
    async readCallers(): Promise<void> {
        await this.guard(this.#sampler?.read() ?? Promise.resolve());
    }

    /** Ends the test case, if it has not ended before. */
    end(reason: Error): void {
        if (!this.#end.signal.aborted) this.#end.abort(reason);
    }

    /** Ends the test case, and waits until nothing is polled any more. */
    async stop(): Promise<void> {
        this.end(new Interrupted());
        await this.#polling;
    }

    async #pollUntilEnd(): Promise<void> {
        const { signal } = this.#end;
        const { hangMs, intervalMs } = this.limits;
        let due = performance.now();
        while (!signal.aborted) {
            try {
                await this.poll();
            } catch (error) {
                this.end(error as Error);
                return;
            }
            const now = performance.now();
            if (this.#progress.stalledMs(now) > hangMs) {
                const phase = this.isLoading ? "while the save was loading, " : "";
                this.end(new CaseEnded("hung", phase + this.#progress.describe(now)));
            }
            due += Math.max(1, Math.ceil((now - due) / intervalMs)) * intervalMs;
            await pause(Math.max(0, due - now), null, { signal }).catch(() => {});
        }
    }

    /** Why a program does not answer: it has ended, which may be reported a moment later, or it hangs. */
    async #explain(error: UserError): Promise<Error> {
        const exit = this.#program === null ? null : await Promise.race([this.program.ended, pause(endingMs, null)]);
        if (exit !== null) return endedWith(exit);
        if (error.code === "NOT_ANSWERING") return new CaseEnded("hung", error.message);
        return error.code === "TARGET_GONE" ? endedWith(unknownExit) : error;
    }
}

/** How long the end of a program that no longer answers may take to be reported, in milliseconds. */
const endingMs = 5_000;

function isSilence({ code }: UserError): boolean {
    return code === "TARGET_GONE" || code === "NOT_ANSWERING" || code === "ENGINE_DIED";
}
