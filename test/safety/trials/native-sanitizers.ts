import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
    argumentsOf,
    type Build,
    builds,
    compileNative,
    nativeSource,
    runNative,
    whySkipped,
} from "../../native/builds.js";
import { Random, type Trial } from "../trial.js";

/** Programs whose run follows from a seed. */
const programs = ["stress", "fuzz"];

/**
 * The pool's C in a process of its own, under every sanitizer. The suite `cmodule` does the same for one seed, so that
 * there is no short form.
 */
export const nativeSanitizers: Trial = {
    name: "native-sanitizers",
    what: "seeds of the native stress and fuzz, invariants walked",
    places: builds.filter((build) => build.programs === undefined).map(({ place }) => place),
    count: () => ({ short: 0, full: 25 }),
    whyNot(place) {
        const tools = buildOf(place).tools();
        return "skipReason" in tools ? tools.skipReason : null;
    },
    async run(task, tally) {
        const build = buildOf(task.place);
        const skipReason = await whySkipped(build);
        if (skipReason !== null) throw new Error(skipReason);
        const random = new Random(task.seed);
        const folder = mkdtempSync(join(tmpdir(), "poolnv-native-"));
        try {
            for (const name of programs) await compileNative(build, nativeSource(name), join(folder, name));
            for (let round = 0; round < task.count && !task.stopping(); round++) {
                const seed = random.between(1, 0x7fffffff);
                for (const name of programs) {
                    const failure = await runNative(build, join(folder, name), argumentsOf(name, seed, build));
                    tally.expect(failure === null, `${name} with seed ${seed} ${failure}; again: ${task.again}`);
                }
                tally.done();
            }
        } finally {
            rmSync(folder, { recursive: true, force: true });
        }
    },
};

function buildOf(place: string): Build {
    return builds.find((build) => build.place === place)!;
}
