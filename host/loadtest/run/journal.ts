import { performance } from "node:perf_hooks";
import { UserError } from "../../errors.js";
import { isFile } from "../../files/read-file.js";
import type { EndRecord, ResultRecord, RunRecord } from "../results/record.js";
import { ResultsFile } from "../results/results-file.js";
import { readSummary } from "../results/summary.js";

/** Fields that a resumed run must have in common with the interrupted one. */
const mustBeEqual = ["program", "scenario", "pool_size", "soak_seconds", "session", "shard"] as const;

/** Writes the results file of a run, new or resumed, and keeps the time of the run. */
export class Journal {
    readonly #began = performance.now();

    private constructor(
        readonly file: ResultsFile,
        readonly judged: ReadonlySet<number>,
        /** Milliseconds from the first start of the run to this one. */
        readonly resumedAtMs: number,
    ) {}

    /**
     * @param resume go on with the file if it exists
     * @throws UserError FILE_EXISTS, FILE_NOT_WRITABLE; BAD_RESULTS or OTHER_RUN if the file can't be resumed
     */
    static async open(
        run: Omit<RunRecord, "started">,
        { results, resume, overwrite }: { results: string; resume: boolean; overwrite: boolean },
    ): Promise<Journal> {
        const started = new Date().toISOString();
        if (resume && isFile(results)) return Journal.#resume(run, results, started);
        const file = await ResultsFile.create(results, overwrite);
        file.write({ ...run, started });
        return new Journal(file, new Set(), 0);
    }

    static async #resume(run: Omit<RunRecord, "started">, results: string, started: string): Promise<Journal> {
        const { run: earlier, verdicts, lastAt } = await readSummary(results);
        for (const field of mustBeEqual) {
            if (earlier[field] !== run[field]) {
                throw otherRun(results, `its ${field} is ${earlier[field]}, not ${run[field]}`);
            }
        }
        for (const field of ["saves", "expectations", "layers"] as const) {
            if (JSON.stringify(earlier[field]) !== JSON.stringify(run[field])) {
                throw otherRun(results, `it has other ${field}`);
            }
        }
        const judged = verdicts.flatMap((verdict, index) => (verdict === null ? [] : [index]));
        const file = await ResultsFile.append(results);
        file.write({ kind: "resumed", started });
        const elapsed = Date.parse(started) - Date.parse(earlier.started);
        return new Journal(file, new Set(judged), Math.max(elapsed, lastAt));
    }

    /** Whether a save had a verdict before this run was resumed. */
    isJudged(save: number): boolean {
        return this.judged.has(save);
    }

    /** Milliseconds since the first start of the run. */
    now(): number {
        return Math.round(this.resumedAtMs + performance.now() - this.#began);
    }

    write(record: ResultRecord): void {
        this.file.write(record);
    }

    /** Writes the last record, and closes the file. */
    async end(reason: EndRecord["reason"]): Promise<void> {
        try {
            this.write({ kind: "end", at_ms: this.now(), reason });
        } finally {
            await this.file.close();
        }
    }
}

function otherRun(file: string, what: string): UserError {
    return new UserError(
        "OTHER_RUN",
        `${file} holds the results of another run: ${what}.`,
        "Repeat the command that was interrupted with --resume, or name another file: --results FILE",
    );
}
