import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { bytesPerMb } from "../../../shared/bytes.js";
import type { PoolStatistics } from "../../../shared/pool-statistics.js";
import type { LoadedSave } from "../../client/main-thread/load-save.js";
import { UserError } from "../../errors.js";
import { pollUntil } from "../../process/poll.js";
import type { Launcher } from "../program/launcher.js";
import type { StartedProgram } from "../program/start-program.js";
import type { SaveToTest, Steps } from "../scenario/scenario.js";
import { CaseEnded } from "./case-ended.js";
import type { CaseJournal } from "./case-journal.js";
import type { Watchdog } from "./watchdog.js";

/** Milliseconds between two polls of a program that is waited for. */
const pollMs = 100;
/** The frame counter has 32 bits. */
const frameModulus = 2 ** 32;

/** What the steps of a test case work on. */
interface StepOptions {
    readonly save: SaveToTest | null;
    readonly soakSeconds: number;
    /** Until a save is loaded, in milliseconds. */
    readonly loadMs: number;
}

/** The steps of a scenario, performed in one test case. */
export class CaseSteps implements Steps {
    readonly save: SaveToTest | null;
    readonly soakSeconds: number;
    readonly #loadMs: number;
    #loading: Promise<LoadedSave> | null = null;

    constructor(
        private readonly watchdog: Watchdog,
        private readonly launcher: Launcher,
        private readonly journal: CaseJournal,
        { save, soakSeconds, loadMs }: StepOptions,
    ) {
        this.save = save;
        this.soakSeconds = soakSeconds;
        this.#loadMs = loadMs;
    }

    readonly launch = async (): Promise<void> => {
        const { program, isFresh, words } = await this.watchdog.guard(this.launcher.launch());
        this.journal.event("launched", words);
        await this.#watch(program, isFresh);
    };

    readonly attach = async (process: string | number): Promise<void> => {
        await this.#watch(await this.watchdog.guard(this.launcher.attach(process)), false);
    };

    readonly loadSave = async (name?: string): Promise<void> => {
        const { watchdog, save } = this;
        const wanted = name ?? save?.name;
        const isOnCommandLine = this.launcher.takesSave && wanted === save?.name;
        if (wanted === undefined || isOnCommandLine) return;
        const { program } = watchdog;
        if (!program.pool.facts.hasMainThreadQueue) {
            throw new UserError(
                "NO_GAME_CONSOLE",
                `${program.name} has no game console to load a save with.`,
                "Give the save on its command line as {save}: poolnv loadtest saves -- PROGRAM {save}",
            );
        }
        watchdog.isLoading = true;
        await this.#withinLoadLimit(this.#untilFramesRun(), "the game did not begin to run frames");
        this.journal.event("loading", wanted);
        this.#loading = program.pool.loadSave(wanted);
        this.#loading.catch(() => {}); // waitForLoaded reports it
    };

    readonly waitForLoaded = async (): Promise<void> => {
        const { journal } = this;
        const began = performance.now();
        if (this.#loading !== null) {
            const loading = this.#loading.catch(asNotLoaded);
            const { milliseconds } = await this.#withinLoadLimit(loading, "the save was still loading");
            journal.loadSeconds = milliseconds / 1000;
            journal.event("loaded", `after ${(milliseconds / 1000).toFixed(1)} s`);
            this.#loading = null;
        } else {
            await this.#withinLoadLimit(this.#untilInUse(), "the program had not begun to use its pool");
            journal.event("loaded", `its pool is in use after ${((performance.now() - began) / 1000).toFixed(1)} s`);
        }
        this.watchdog.isLoading = false;
    };

    readonly runConsole = async (line: string): Promise<boolean> => {
        const hasRun = await this.watchdog.guard(this.watchdog.program.pool.runConsole(line));
        this.journal.event("note", `${hasRun ? "console" : "the game refused"}: ${line}`);
        return hasRun;
    };

    readonly waitSeconds = async (seconds: number): Promise<void> => {
        for (let left = seconds; left > 0; left -= longestTimerSeconds) {
            await this.watchdog.guard(pause(Math.min(left, longestTimerSeconds) * 1000));
        }
    };

    readonly waitFrames = async (frames: number): Promise<void> => {
        const { pool } = this.watchdog.program;
        const frameCount = async () => (await pool.ask("gameState", null)).frames;
        const first = await this.watchdog.guard(frameCount());
        await this.#poll(async () => ((await frameCount()) - first + frameModulus) % frameModulus >= frames);
    };

    readonly sample = async (): Promise<PoolStatistics> => (await this.watchdog.poll()).statistics;

    readonly note = (text: string): void => this.journal.event("note", text);

    async #watch(program: StartedProgram, isFresh: boolean): Promise<void> {
        await this.watchdog.watch(program, isFresh);
        const { facts, install } = program.pool;
        const warning = install.stepDown === null ? "" : `; ${install.stepDown}`;
        const size = `${Math.round(facts.poolBytes / bytesPerMb)} MB, layers ${facts.layers.join(", ")}`;
        this.journal.event("installed", `pid ${facts.pid}, ${size}${warning}`);
    }

    /** @throws CaseEnded if the work takes longer than a save may take to load */
    async #withinLoadLimit<T>(work: Promise<T>, what: string): Promise<T> {
        const timer = new AbortController();
        const late = pause(this.#loadMs, null, { signal: timer.signal }).then(() => {
            const seconds = this.#loadMs / 1000;
            throw new CaseEnded("not_loaded", `${what} after ${seconds} s, though the program is at work: it is slow`);
        });
        late.catch(() => {});
        try {
            return await this.watchdog.guard(Promise.race([work, late]));
        } finally {
            timer.abort();
        }
    }

    /** Waits until the game runs frames and loads nothing. A game that was just started has no console yet. */
    async #untilFramesRun(): Promise<void> {
        const { pool } = this.watchdog.program;
        let first: number | null = null;
        await this.#poll(async () => {
            const { frames, loading } = await pool.ask("gameState", null);
            first ??= frames;
            return frames !== first && loading === false;
        });
    }

    /** Waits until a game has loaded, or until another program calls its pool. */
    async #untilInUse(): Promise<void> {
        const { pool } = this.watchdog.program;
        if (pool.facts.hasMainThreadQueue) return this.#untilFramesRun();
        const first = await pool.statistics();
        await this.#poll(async () => {
            const now = await pool.statistics();
            return now.pool_allocs !== first.pool_allocs || now.total_frees !== first.total_frees;
        });
    }

    /** Polls until a condition holds or the test case ends. */
    async #poll(isMet: () => Promise<boolean>): Promise<void> {
        const { ended } = this.watchdog;
        const read = async () => (await isMet()) || null;
        await this.watchdog.guard(pollUntil(read, { everyMs: pollMs, limitMs: Infinity, signal: ended }));
    }
}

/** Node's timers take at most 2^31 milliseconds. */
const longestTimerSeconds = 1_000_000;

function asNotLoaded(error: unknown): never {
    if (error instanceof UserError && (error.code === "BAD_SAVE" || error.code === "USAGE")) {
        throw new CaseEnded("not_loaded", error.message);
    }
    throw error;
}
