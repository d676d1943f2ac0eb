import { availableParallelism } from "node:os";
import { type Outcome, runFile } from "./run-file.js";

/** More than processors: most of the time of a test that attaches to a program is waiting. */
const concurrency = availableParallelism() + 2;

/**
 * Runs files of tests, some at a time, in the given order. The output of a file is shown when it has ended.
 *
 * @param files paths in `test/`, without their ending
 */
export async function runFiles(files: readonly string[]): Promise<Outcome[]> {
    const waiting = [...files];
    const outcomes: Outcome[] = [];
    const worker = async (): Promise<void> => {
        for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
            const outcome = await runFile(file);
            outcomes.push(outcome);
            const place = `${outcomes.length} of ${files.length}`;
            console.log(`${outcome.output.trimEnd()}\n— ${file}: ${outcome.seconds.toFixed(1)} s (${place})\n`);
        }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return outcomes;
}
