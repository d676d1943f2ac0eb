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
    "callers",
    "classes",
    "desk",
    "fuzz",
    "game_heap",
    "groups",
    "hot",
    "quarantine",
    "scrap_heap",
    "segments",
    "stress",
];

const usualSeed = 20240917;

/** Tests the pool itself, in a process of its own, with its invariants checked on the way, in some of its builds. */
export function testBuilds(isWanted: (build: Build) => boolean): void {
    const quick = builds.filter(({ place }) => ["x64-asan-ubsan", "i386-hot"].includes(place));
    for (const build of casesOfTier(builds.filter(isWanted), quick)) {
        describe(`the pool as a native program, ${build.name}`, () => {
            let folder: string;
            let skipReason: string | null;

            before(async () => {
                folder = mkdtempSync(join(tmpdir(), "poolnv-native-"));
                skipReason = await whySkipped(build);
            });
            after(() => rmSync(folder, { recursive: true, force: true }));

            for (const name of programs.filter((name) => name !== build.without)) {
                it(name, async (context) => {
                    if (skipReason !== null) return context.skip(skipReason);
                    const program = await compileNative(build, nativeSource(name), join(folder, name));
                    assert.equal(await runNative(program, argumentsOf(name, usualSeed, build)), null);
                });
            }
        });
    }
}
