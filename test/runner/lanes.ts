import { availableParallelism } from "node:os";
import { runFile, type Outcome } from "./run-file.js";

/** More than processors: most of the time of a test that attaches to a program is waiting. */
const lanes = availableParallelism() + 2;

/** Files that take a minute and more, the longest first: one that is begun last would run on alone. */
const longest: readonly string[] = [
    "safety/trials-win32-msvcrt",
    "safety/trials-linux-x64",
    "safety/trials-linux-i386",
    "safety/trials-elsewhere",
    "package/tarball/from-an-empty-folder",
    "native/native-64-bits",
    "native/native-32-bits",
    "programs/cli/console",
    "programs/install/tuning",
    "programs/install/install",
    "programs/engine/contract",
    "game/loadtest/on-the-game",
    "package/documents/interface",
    "programs/sampling/on-programs",
    "game/deploy/interrupted",
    "safety/sessions",
    "game/loadtest/on-linux",
    "unit/demo",
];

/**
 * Runs files of tests; a lane that is free takes the next one. What each has to say is shown when it has ended.
 *
 * @param files paths in `test/`, without their ending
 */
export async function runInLanes(files: readonly string[]): Promise<Outcome[]> {
    const waiting = [
        ...longest.filter((file) => files.includes(file)),
        ...files.filter((file) => !longest.includes(file)),
    ];
    const outcomes: Outcome[] = [];
    const lane = async (): Promise<void> => {
        for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
            const outcome = await runFile(file);
            outcomes.push(outcome);
            const place = `${outcomes.length} of ${files.length}`;
            console.log(`${outcome.output.trimEnd()}\n— ${file}: ${outcome.seconds.toFixed(1)} s (${place})\n`);
        }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return outcomes;
}
