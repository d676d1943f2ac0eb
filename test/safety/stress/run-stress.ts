/**
 * Runs the trials at their full counts, or a share of them, one after the other: a line of progress while they run, a
 * table at the end. Ctrl-C ends it after the round at hand, with the table of what ran; a second one at once.
 */
import { appendFileSync, writeFileSync } from "node:fs";
import { UserError } from "../../../host/errors.js";
import { Tally } from "../tally.js";
import { seedOf, type Trial } from "../trial.js";
import { trials } from "../trials/index.js";
import { Progress } from "./progress.js";
import { readResults, type Result, resultOf } from "./result.js";
import { parseStressOptions, type StressOptions } from "./stress-options.js";
import { markdownTable, plainTable } from "./table.js";

let stopping = false;
process.on("SIGINT", () => {
    if (stopping) process.exit(130);
    stopping = true;
    console.error("\nending after this round; Ctrl-C once more ends at once");
});

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
    let options: StressOptions;
    try {
        options = parseStressOptions(args, trials);
    } catch (error) {
        if (!(error instanceof UserError)) throw error;
        console.error(`${error.message}\n${error.resolution}`);
        return 2;
    }
    const results: Result[] = [];
    const earlier = options.resume ? readResults(options.jsonFile!) : [];
    for (const trial of options.trials) {
        for (const place of trial.places.filter((place) => options.places?.includes(place) ?? true)) {
            if (stopping) break;
            const done = earlier.find((result) => isResultOf(result, trial, place, options));
            if (done !== undefined) {
                results.push(done);
                continue;
            }
            const result = await runTrial(trial, place, options);
            if (result === null) continue;
            results.push(result);
            if (options.jsonFile !== null) appendFileSync(options.jsonFile, JSON.stringify(result) + "\n");
        }
    }
    console.log(plainTable(results));
    if (options.markdownFile !== null) writeFileSync(options.markdownFile, markdownTable(results));
    if (stopping) return 130;
    return results.length > 0 && results.every(({ passed }) => passed) ? 0 : 1;
}

function extent(trial: Trial, place: string, { scale, seed }: StressOptions): { count: number; seed: number } {
    const count = Math.max(1, Math.round(trial.count(place).full * scale));
    return { count, seed: seedOf(trial.name, place, seed) };
}

function isResultOf(result: Result, trial: Trial, place: string, options: StressOptions): boolean {
    const { count, seed } = extent(trial, place, options);
    const isSame = result.trial === trial.name && result.place === place && result.seed === seed;
    return isSame && result.passed && result.count >= count;
}

async function runTrial(trial: Trial, place: string, options: StressOptions): Promise<Result | null> {
    const skipReason = trial.whyNot(place);
    if (skipReason !== null) {
        console.error(`${trial.name} on ${place} is left out: ${skipReason}`);
        return null;
    }
    const { count, seed } = extent(trial, place, options);
    const progress = new Progress(`${trial.name} on ${place}`, count);
    const tally = new Tally((done) => progress.show(done, tally));
    const started = Date.now();
    try {
        await trial.run(
            { place, count, seed, again: commandFor(trial, place, options), stopping: () => stopping },
            tally,
        );
    } catch (error) {
        tally.expect(false, (error as Error).stack ?? String(error));
    } finally {
        progress.end();
    }
    if (!stopping) tally.expect(tally.count >= count, `it was done ${tally.count} of ${count} times`);
    const result = resultOf(trial, place, seed, tally, (Date.now() - started) / 1000);
    for (const line of [...result.faults, ...result.remarks]) console.error(`    ${line}`);
    return result;
}

/** How much is done is part of it: how often a program does something follows from that. */
function commandFor({ name }: Trial, place: string, { scale, seed }: StressOptions): string {
    return `npm run test:stress -- ${name} --on ${place} --scale ${scale} --seed ${seed}`;
}
