import path from "node:path";
import { bytesPerMb } from "../../../shared/bytes.js";
import { printable } from "../../../shared/printable.js";
import type { PoolOptions } from "../../config/pool-options.js";
import { poolDefaults } from "../../config/pool-options.js";
import { UserError } from "../../errors.js";
import { shownPath } from "../../files/path-bytes.js";
import { usualAnswerLimitMs } from "../../frida/engine.js";
import type { ListedSave } from "../../game/saves/save.js";
import { packageVersion } from "../../package-version.js";
import { Launcher, type ProgramCommand, takesSave } from "../program/launcher.js";
import type { RunRecord, VerdictRecord } from "../results/record.js";
import { defaultExpectations, type Expectation } from "../scenario/expectations.js";
import type { Scenario } from "../scenario/scenario.js";
import { CaseJournal } from "./case-journal.js";
import { Journal } from "./journal.js";
import { saveRecord } from "./save-record.js";
import { savesToRun, type Shard } from "./saves-to-run.js";
import { TestCase } from "./test-case.js";
import type { Limits } from "./watchdog.js";

/** What a load test does. */
export interface LoadtestOptions {
    /** What is done with each save. */
    readonly scenario: Scenario;
    /** Folder of saves; null: one test case without a save. */
    readonly saves: string | null;
    /** Encoding of the saves' texts; default `auto`: detected. */
    readonly saveEncoding?: string | undefined;
    /** How the program is started. */
    readonly command: ProgramCommand;
    /** Options of its pool. */
    readonly pool: PoolOptions;
    /** The results file. */
    readonly results: string;
    /** Whether to go on with that file if it exists. */
    readonly resume: boolean;
    /** Whether it may be overwritten otherwise. */
    readonly overwrite: boolean;
    /** One process for all saves instead of one for each. */
    readonly session: boolean;
    /** The part of the folder to run; null: all of it. */
    readonly shard: Shard | null;
    /** Seconds that the default scenario lets each save run after loading. */
    readonly soakSeconds: number;
    /** Limits of each test case. */
    readonly limits: Limits;
    /** Calls of the allocator per sample of its callers; null: callers are not sampled. */
    readonly sampleInterval: number | null;
    /** In place of the scenario's own; null: those of the scenario. */
    readonly expectations: readonly Expectation[] | null;
    /** Interrupts the run. The save under test gets no verdict, and the results file stays resumable. */
    readonly signal: AbortSignal;
    /** Called when a test case starts (`verdict` null) and when it has its verdict; `index` counts all saves of the run. */
    readonly onCase?: (testCase: { index: number; count: number; file: string; verdict: VerdictRecord | null }) => void;
}

/**
 * Runs a load test. Everything is written to the results file as it happens.
 *
 * @throws UserError if no save could be tested, for example without an engine; earlier results are in the file
 */
export async function runLoadtest(options: LoadtestOptions): Promise<void> {
    const { signal, session } = options;
    if (session && takesSave(options.command)) {
        throw new UserError(
            "USAGE",
            "One process can't get several saves on its command line.",
            "Leave out --session, or {save}.",
        );
    }
    const saves =
        options.saves === null ? [null] : await savesToRun(options.saves, options.shard, options.saveEncoding);
    const expectations = options.expectations ?? options.scenario.expectations ?? defaultExpectations();
    const run = runRecordOf(options, saves, expectations);
    const journal = await Journal.open(run, options);
    const answerLimitMs = Math.min(usualAnswerLimitMs, Math.max(leastAnswerLimitMs, options.limits.hangMs));
    const launcher = new Launcher(options.command, { ...options.pool, answerLimitMs });
    let isFinished = false;
    try {
        for (const [index, save] of saves.entries()) {
            if (journal.isJudged(index)) continue;
            if (signal.aborted) return;
            const file = run.saves[index]!;
            options.onCase?.({ index, count: saves.length, file, verdict: null });
            journal.write(await saveRecord(index, save, journal.now()));
            const verdict = await runCase(save, launcher, new CaseJournal(journal, index, expectations), options);
            if (verdict === null) return;
            options.onCase?.({ index, count: saves.length, file, verdict });
        }
        isFinished = true;
    } finally {
        try {
            await launcher.leave();
        } finally {
            await journal.end(isFinished ? "finished" : "interrupted");
        }
    }
}

/** A busy program has at least this long to answer, in milliseconds. */
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
        pool_size: (pool.poolSizeMb ?? poolDefaults.poolSizeMb) * bytesPerMb,
        layers: [...(pool.layers ?? poolDefaults.layers)],
        soak_seconds: soakSeconds,
        session,
        shard: shard === null ? null : `${shard.number}/${shard.count}`,
        expectations: expectations.map(({ text }) => text),
        saves: saves.map((save) => (save === null ? "" : shownPath(path.basename(save.file)))),
    };
}

/** @returns null if it was interrupted */
async function runCase(
    save: ListedSave | null,
    launcher: Launcher,
    journal: CaseJournal,
    options: LoadtestOptions,
): Promise<VerdictRecord | null> {
    if (save !== null && "problem" in save) {
        return journal.verdict("unreadable", [`it can't be read: ${save.problem.reason}`], null);
    }
    if (save !== null) launcher.setSave(save.file);
    const testCase = new TestCase(launcher, journal, save, options);
    let staysUp = false;
    try {
        const verdict = await testCase.run(options.scenario);
        staysUp = options.session && (verdict?.verdict === "passed" || verdict?.verdict === "failed");
        return verdict;
    } finally {
        if (!staysUp && testCase.hasProgram) {
            await launcher.leave();
            journal.event("left", "the program is left, and ended where it was started for this");
        }
    }
}
