import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";

import { UserError } from "../../errors.js";
import type { LoadedSave } from "../../client/main-thread/load-save.js";
import type { PoolStatistics } from "../../client/pool-statistics.js";
import type { SaveToTest, Steps } from "../scenario/scenario.js";
import type { TestCase } from "./test-case.js";
import { CaseOver } from "./case-over.js";

/** How often we look whether what is waited for has come, in milliseconds. */
const pollMs = 100;
/** A counter of frames begins anew there. */
const framesBegin = 2 ** 32;

/** The steps of a scenario, carried out in one save's turn. */
export class CaseSteps implements Steps {
    #loading: Promise<LoadedSave> | null = null;

    constructor(
        readonly turn: TestCase,
        readonly save: SaveToTest | null,
        readonly soakSeconds: number,
    ) {}

    readonly launch = async (): Promise<void> => {
        const { turn } = this;
        const { program, isFresh, words } = await turn.guard(turn.stage.launch());
        turn.journal.event("launched", words);
        await this.#begin(program, isFresh);
    };

    readonly attach = async (process: string | number): Promise<void> => {
        const { turn } = this;
        await this.#begin(await turn.guard(turn.stage.attach(process)), false);
    };

    readonly loadSave = async (name?: string): Promise<void> => {
        const { turn } = this;
        const wanted = name ?? this.save?.name;
        const isOnCommandLine = turn.stage.takesSave && wanted === this.save?.name;
        if (wanted === undefined || isOnCommandLine) return;
        if (!turn.program.session.facts.hasMainThreadQueue)
            throw new UserError(
                "NO_GAME_CONSOLE",
                `${turn.program.name} has no console by which it could be told to load a save`,
                "Give the save on its command line, where {save} stands for it: poolnv loadtest saves -- PROGRAM {save}",
            );
        turn.isLoading = true;
        await this.#within(this.#untilFramesRun(), "the game did not begin to run frames");
        turn.journal.event("loading", wanted);
        this.#loading = turn.program.pool.loadSave(wanted);
        this.#loading.catch(() => {}); // told by whoever waits for it
    };

    readonly waitForLoaded = async (): Promise<void> => {
        const { turn } = this;
        const began = performance.now();
        if (this.#loading !== null) {
            const { milliseconds } = await this.#within(this.#loading.catch(asNotLoaded), "the save was still loading");
            turn.journal.loadSeconds = milliseconds / 1000;
            turn.journal.event("loaded", `after ${(milliseconds / 1000).toFixed(1)} s`);
            this.#loading = null;
        } else {
            await this.#within(this.#untilInUse(), "the program had not begun to use its pool");
            turn.journal.event(
                "loaded",
                `its pool is in use after ${((performance.now() - began) / 1000).toFixed(1)} s`,
            );
        }
        turn.isLoading = false;
    };

    readonly runConsole = async (line: string): Promise<boolean> => {
        const ran = await this.turn.guard(this.turn.program.pool.runConsole(line));
        this.turn.journal.event("note", `${ran ? "console" : "the game refused"}: ${line}`);
        return ran;
    };

    readonly waitSeconds = async (seconds: number): Promise<void> => {
        for (let left = seconds; left > 0; left -= longestTimerSeconds)
            await this.turn.guard(pause(Math.min(left, longestTimerSeconds) * 1000));
    };

    readonly waitFrames = async (frames: number): Promise<void> => {
        const first = await this.#frames();
        for (let passed = 0; passed < frames; passed = ((await this.#frames()) - first + framesBegin) % framesBegin)
            await this.turn.guard(pause(pollMs));
    };

    readonly sample = async (): Promise<PoolStatistics> => (await this.turn.look()).statistics;

    readonly note = (text: string): void => this.turn.journal.event("note", text);

    async #begin(program: TestCase["program"], isFresh: boolean): Promise<void> {
        const { turn } = this;
        await turn.begin(program, isFresh);
        const { facts, install } = program.session;
        const warning = install.stepDown === null ? "" : `; ${install.stepDown}`;
        const size = `${Math.round(facts.poolBytes / 1048576)} MB, layers ${facts.layers.join(", ")}`;
        turn.journal.event("installed", `pid ${facts.pid}, ${size}${warning}`);
    }

    /** @throws CaseOver where it takes longer than a save may */
    async #within<T>(work: Promise<T>, what: string): Promise<T> {
        const { turn } = this;
        const timer = new AbortController();
        const late = pause(turn.limits.loadMs, null, { signal: timer.signal }).then(() => {
            const seconds = turn.limits.loadMs / 1000;
            throw new CaseOver("not_loaded", `${what} after ${seconds} s, though the program is at work: it is slow`);
        });
        late.catch(() => {});
        try {
            return await turn.guard(Promise.race([work, late]));
        } finally {
            timer.abort();
        }
    }

    /** A game that has just been started has no console yet. */
    async #untilFramesRun(): Promise<void> {
        const { session } = this.turn.program;
        let first: number | null = null;
        for (;;) {
            const { frames, loading } = await session.gameState();
            first ??= frames;
            if (frames !== first && loading === false) return;
            await pause(pollMs);
        }
    }

    /** Of a program without a console: until calls reach its pool; of a game: until it loads no more. */
    async #untilInUse(): Promise<void> {
        const { session, pool } = this.turn.program;
        if (session.facts.hasMainThreadQueue) return this.#untilFramesRun();
        const first = await pool.statistics();
        for (;;) {
            await pause(pollMs);
            const now = await pool.statistics();
            if (now.pool_allocs !== first.pool_allocs || now.total_frees !== first.total_frees) return;
        }
    }

    async #frames(): Promise<number> {
        const { turn } = this;
        return (await turn.guard(turn.program.session.gameState())).frames;
    }
}

/** Node's timers take no more than 2^31 milliseconds. */
const longestTimerSeconds = 1_000_000;

function asNotLoaded(error: unknown): never {
    if (error instanceof UserError && (error.code === "BAD_SAVE" || error.code === "USAGE"))
        throw new CaseOver("not_loaded", error.message);
    throw error;
}
