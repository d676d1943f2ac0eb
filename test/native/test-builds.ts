import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { casesOfTier } from "../fixtures/support/tier.js";
import { argumentsOf, type Build, builds, compileNative, nativeSource, runNative, whySkipped } from "./builds.js";

const programs = [
    "api",
    "bump",
    "caches",
    "sampler",
    "classes",
    "main_thread",
    "fuzz",
    "game_heap",
    "arenas",
    "fast_path",
    "patch",
    "quarantine",
    "resident",
    "scrap_heap",
    "segments",
    "stress",
];

const usualSeed = 20240917;

/** Tests the C in processes of its own, in some of its builds; of the pool, invariants are checked on the way. */
export function testBuilds(isWanted: (build: Build) => boolean): void {
    const quick = builds.filter(({ place }) => ["x64-asan-ubsan", "i386-fast"].includes(place));
    for (const build of casesOfTier(builds.filter(isWanted), quick)) {
        describe(`the C as a native program, ${build.name}`, () => {
            let folder: string;
            let skipReason: string | null;

            before(async () => {
                folder = mkdtempSync(join(tmpdir(), "poolnv-native-"));
                skipReason = await whySkipped(build);
            });
            after(() => rmSync(folder, { recursive: true, force: true }));

            for (const name of build.programs ?? programs) {
                it(name, async (context) => {
                    const unfit = build.without?.[name];
                    if (unfit !== undefined) return context.skip(unfit);
                    if (skipReason !== null) return context.skip(skipReason);
                    const program = await compileNative(build, nativeSource(name), join(folder, `${name}.exe`));
                    assert.equal(await runNative(build, program, argumentsOf(name, usualSeed, build)), null);
                });
            }
        });
    }
}
