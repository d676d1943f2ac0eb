import { performance } from "node:perf_hooks";

import { UserError } from "../../errors.js";
import { isFile } from "../../files/is-file.js";
import type { EndRecord, ResultRecord, RunRecord } from "../results/record.js";
import { ResultsFile } from "../results/results-file.js";
import { readSummary } from "../results/summary.js";
import type { Journal } from "./case-journal.js";

/** What a run must have in common with the one that it goes on with. */
const mustBeAlike = ["program", "scenario", "pool_size", "soak_seconds", "session", "shard"] as const;

/** The file of results of a run, begun or gone on with. */
export class RunJournal implements Journal {
    readonly #began = performance.now();

    private constructor(
        readonly file: ResultsFile,
        readonly judged: ReadonlySet<number>,
        /** Milliseconds from the first start to this one. */
        readonly later: number,
    ) {}

    /**
     * @throws UserError FILE_EXISTS, FILE_NOT_WRITABLE; BAD_RESULTS, OTHER_RUN where there is nothing to go on with
     */
    static async open(
        run: Omit<RunRecord, "started">,
        { results, resume, overwrite }: { results: string; resume: boolean; overwrite: boolean },
    ): Promise<RunJournal> {
        const started = new Date().toISOString();
        if (resume && isFile(results)) return RunJournal.#goOn(run, results, started);
        const file = await ResultsFile.create(results, overwrite);
        file.write({ ...run, started });
        return new RunJournal(file, new Set(), 0);
    }

    static async #goOn(run: Omit<RunRecord, "started">, results: string, started: string): Promise<RunJournal> {
        const { run: earlier, verdicts, lastAt } = await readSummary(results);
        for (const field of mustBeAlike)
            if (earlier[field] !== run[field])
                throw otherRun(results, `its ${field} is ${earlier[field]}, not ${run[field]}`);
        for (const field of ["saves", "expectations", "layers"] as const)
            if (JSON.stringify(earlier[field]) !== JSON.stringify(run[field]))
                throw otherRun(results, `it has other ${field}`);
        const judged = verdicts.flatMap((verdict, index) => (verdict === null ? [] : [index]));
        const file = await ResultsFile.goOn(results);
        file.write({ kind: "resumed", started });
        const passed = Date.parse(started) - Date.parse(earlier.started);
        return new RunJournal(file, new Set(judged), Math.max(passed, lastAt));
    }

    isJudged(save: number): boolean {
        return this.judged.has(save);
    }

    now(): number {
        return Math.round(this.later + performance.now() - this.#began);
    }

    write(record: ResultRecord): void {
        this.file.write(record);
    }

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
