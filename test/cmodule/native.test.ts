import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { argumentsOf, builds, compileNative, nativeSource, runNative, whatHinders } from "./builds.js";

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

/** The pool itself, in a process of its own, with its invariants checked on the way. */
for (const build of builds) {
    describe(`the pool as a native program, ${build.name}`, () => {
        let folder: string;
        let hindrance: string | null;

        before(async () => {
            folder = mkdtempSync(join(tmpdir(), "poolnv-native-"));
            hindrance = await whatHinders(build);
        });
        after(() => rmSync(folder, { recursive: true, force: true }));

        for (const name of programs.filter((name) => name !== build.without)) {
            it(name, async (context) => {
                if (hindrance !== null) return context.skip(hindrance);
                const program = await compileNative(build, nativeSource(name), join(folder, name));
                assert.equal(await runNative(program, argumentsOf(name, usualSeed, build)), null);
            });
        }
    });
}
