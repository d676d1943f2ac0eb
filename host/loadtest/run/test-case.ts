import { UserError } from "../../errors.js";
import type { Launcher } from "../program/launcher.js";
import type { ExitRecord, Verdict, VerdictRecord } from "../results/record.js";
import type { SaveToTest, Scenario, Steps } from "../scenario/scenario.js";
import { CaseEnded, Interrupted } from "./case-ended.js";
import type { CaseJournal } from "./case-journal.js";
import { CaseSteps } from "./steps.js";
import { type Limits, Watchdog } from "./watchdog.js";

/** How test cases are run. */
export interface CaseOptions {
    /** Seconds that the command line asks for. */
    readonly soakSeconds: number;
    readonly limits: Limits;
    /** Calls of the allocator per sample of its callers; null: callers are not sampled. */
    readonly sampleInterval: number | null;
    /** Interrupts the test case. */
    readonly signal: AbortSignal;
}

/** One save under test: runs its scenario, watches the program, and comes to a verdict. */
export class TestCase {
    readonly #watchdog: Watchdog;
    readonly #journal: CaseJournal;
    readonly #signal: AbortSignal;
    readonly #steps: Steps;

    /** @param save null in a run without saves */
    constructor(
        launcher: Launcher,
        journal: CaseJournal,
        save: SaveToTest | null,
        { soakSeconds, limits, sampleInterval, signal }: CaseOptions,
    ) {
        this.#journal = journal;
        this.#signal = signal;
        this.#watchdog = new Watchdog(journal, limits, sampleInterval);
        this.#steps = new CaseSteps(this.#watchdog, launcher, journal, { save, soakSeconds, loadMs: limits.loadMs });
    }

    /** Whether a program was launched or attached to. */
    get hasProgram(): boolean {
        return this.#watchdog.hasProgram;
    }

    /**
     * @returns null if it was interrupted
     * @throws UserError if no save could be tested, for example without an engine
     */
    async run(scenario: Scenario): Promise<VerdictRecord | null> {
        const watchdog = this.#watchdog;
        const interrupt = () => watchdog.end(new Interrupted());
        this.#signal.addEventListener("abort", interrupt);
        if (this.#signal.aborted) interrupt();
        try {
            await watchdog.guard(scenario.run(this.#steps));
            await watchdog.poll();
            await watchdog.readCallers();
            return this.#verdict(null, [], null);
        } catch (error) {
            if (error instanceof Interrupted) return null;
            if (error instanceof CaseEnded) return this.#verdict(error.verdict, [error.reason], error.exit);
            if (error instanceof UserError && !ofOneCase.includes(error.code)) throw error;
            const message = error instanceof Error ? error.message : String(error);
            return this.#verdict("failed", [`the scenario failed: ${message}`], null);
        } finally {
            this.#signal.removeEventListener("abort", interrupt);
            await watchdog.stop();
        }
    }

    /** @param verdict null: the expectations decide */
    #verdict(verdict: Verdict | null, reasons: string[], exit: ExitRecord | null): VerdictRecord {
        const journal = this.#journal;
        if (exit !== null && verdict === null) journal.ended();
        if (verdict === "crashed" || verdict === "hung") journal.event(verdict, reasons[0]!);
        journal.lastSample();
        const { callers } = this.#watchdog;
        if (callers !== null) journal.callers(callers);
        return journal.verdict(verdict, reasons, exit);
    }
}

/** Errors that concern one test case only. Any other ends the run. */
const ofOneCase: readonly UserError["code"][] = [
    "BAD_SAVE",
    "USAGE",
    "FORGED_POOL",
    "TARGET_GONE",
    "NOT_ANSWERING",
    "ENGINE_DIED",
    "THREADS_WOULD_NOT_STOP",
];
