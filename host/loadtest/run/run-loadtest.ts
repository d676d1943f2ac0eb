import path from "node:path";

import { printable } from "../../../shared/printable.js";
import { packageVersion } from "../../package-version.js";
import { usualAnswerLimitMs } from "../../frida/worker/worker-engine.js";
import { UserError } from "../../errors.js";
import type { ListedSave } from "../../game/saves/save.js";
import { poolDefaults } from "../../config/pool-options.js";
import type { PoolOptions } from "../../client/pool-session.js";
import { usualExpectations } from "../expectations/expect.js";
import type { Expectation } from "../expectations/expectation.js";
import { type ProgramCommand, takesSave } from "../program/started-program.js";
import type { RunRecord, VerdictRecord } from "../results/record.js";
import type { Scenario } from "../scenario/scenario.js";
import { ProgramLauncher } from "./program-launcher.js";
import { RunJournal } from "./run-journal.js";
import { saveRecord } from "./save-record.js";
import { savesToRun, type Shard } from "./saves-to-run.js";
import { type Limits, TestCase } from "./test-case.js";
import { CaseJournal } from "./case-journal.js";
import { CaseSteps } from "./steps.js";

/** What a load test is to do. */
export interface LoadtestOptions {
    /** What is done with each save. */
    readonly scenario: Scenario;
    /** Folder of saves; null: one turn without a save. */
    readonly saves: string | null;
    /** How the program is started. */
    readonly command: ProgramCommand;
    /** What pool it gets. */
    readonly pool: PoolOptions;
    /** File of results. */
    readonly results: string;
    /** Whether to go on with that file. */
    readonly resume: boolean;
    /** Whether it may be overwritten otherwise. */
    readonly overwrite: boolean;
    /** One process for all saves instead of one for each. */
    readonly session: boolean;
    /** The part of the folder that is run here; null: all of it. */
    readonly shard: Shard | null;
    /** How long the usual scenario lets each save run once it is loaded. */
    readonly soakSeconds: number;
    /** How long a load may take, and frames may stay away. */
    readonly limits: Limits;
    /** Calls for memory of which one is sampled, to know who asks; null: none. */
    readonly callersOneIn: number | null;
    /** Instead of the scenario's own; null: those. */
    readonly expectations: readonly Expectation[] | null;
    /** Ends the run in good order: the save at hand gets no verdict. */
    readonly signal: AbortSignal;
    /** Told as saves begin and get their verdicts; `index` counts all saves of the run. */
    readonly onTurn?: (turn: { index: number; count: number; file: string; verdict: VerdictRecord | null }) => void;
}

/**
 * Runs a load test. Everything is in the file of results as it happens.
 *
 * @throws UserError where no save could be tested, as without an engine; what had been found by then is in the file
 */
export async function runLoadtest(options: LoadtestOptions): Promise<void> {
    const { signal, session } = options;
    if (session && takesSave(options.command))
        throw new UserError(
            "USAGE",
            "One process can't be told several saves by its command line.",
            "Leave out --session, or {save}.",
        );
    const saves = options.saves === null ? [null] : await savesToRun(options.saves, options.shard);
    const expectations = options.expectations ?? options.scenario.expectations ?? usualExpectations();
    const run = runRecordOf(options, saves, expectations);
    const journal = await RunJournal.open(run, options);
    const answerLimitMs = Math.min(usualAnswerLimitMs, Math.max(leastAnswerLimitMs, options.limits.hangMs));
    const stage = new ProgramLauncher(options.command, { ...options.pool, answerLimitMs });
    let isFinished = false;
    try {
        for (const [index, save] of saves.entries()) {
            if (journal.isJudged(index)) continue;
            if (signal.aborted) return;
            const file = run.saves[index]!;
            options.onTurn?.({ index, count: saves.length, file, verdict: null });
            const verdict = await playSave(index, save, expectations, stage, journal, options);
            if (verdict === null) return;
            options.onTurn?.({ index, count: saves.length, file, verdict });
        }
        isFinished = true;
    } finally {
        try {
            await stage.leave();
        } finally {
            await journal.end(isFinished ? "finished" : "interrupted");
        }
    }
}

/** What a program that is merely busy must have for an answer, in milliseconds. */
const leastAnswerLimitMs = 5_000;

function runRecordOf(
    { scenario, command, pool, session, shard, soakSeconds }: LoadtestOptions,
    saves: readonly (ListedSave | null)[],
    expectations: readonly Expectation[],
): Omit<RunRecord, "started"> {
    return {
        kind: "run",
        format: 1,
        poolnv: packageVersion(),
        program: printable(command.program.split(/[\\/]/).at(-1)!),
        scenario: scenario.name,
        pool_size: (pool.poolSizeMb ?? poolDefaults.poolSizeMb) * 1048576,
        layers: [...(pool.layers ?? poolDefaults.layers)],
        soak_seconds: soakSeconds,
        session,
        shard: shard === null ? null : `${shard.number}/${shard.count}`,
        expectations: expectations.map(({ text }) => text),
        saves: saves.map((save) => (save === null ? "" : path.basename(save.file))),
    };
}

/** @returns null where it was interrupted */
async function playSave(
    index: number,
    save: ListedSave | null,
    expectations: readonly Expectation[],
    stage: ProgramLauncher,
    journal: RunJournal,
    { scenario, soakSeconds, limits, callersOneIn, signal, session }: LoadtestOptions,
): Promise<VerdictRecord | null> {
    journal.write(await saveRecord(index, save, journal.now()));
    const turnJournal = new CaseJournal(journal, index, expectations);
    if (save !== null && "problem" in save)
        return turnJournal.verdict("unreadable", [`it can't be read: ${save.problem.reason}`], null);
    if (save !== null) stage.setSave(save.file);
    const turn = new TestCase(stage, turnJournal, limits, signal, { callersOneIn });
    let staysUp = false;
    try {
        const verdict = await turn.play(scenario, new CaseSteps(turn, save, soakSeconds));
        staysUp = session && (verdict?.verdict === "passed" || verdict?.verdict === "failed");
        return verdict;
    } finally {
        if (!staysUp && turn.hasProgram) {
            await stage.leave();
            turnJournal.event("left", "the program is left, and ended where it was started for this");
        }
    }
}
