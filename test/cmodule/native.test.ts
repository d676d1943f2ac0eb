import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { runStep } from "../../host/setup/run-step.js";
import { testFolder } from "../prepare/test-folder.js";
import { findTool, zigForUcrt } from "../prepare/test-tools.js";

interface Build {
    name: string;
    compiler: string | null;
    flags: string[];
    /** A program that does not fit: the agent compiles no hot path where there is a quarantine. */
    without?: string;
    /** Arguments of `stress`: its seed, and fewer rounds where each is slow. */
    stress?: string[];
}

const builds: Build[] = [
    { name: "64 bits", compiler: "cc", flags: [] },
    {
        name: "64 bits, address and undefined-behaviour sanitizers",
        compiler: "cc",
        flags: ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
    },
    {
        name: "64 bits, thread sanitizer",
        compiler: "cc",
        flags: ["-fsanitize=thread"],
        stress: ["20240917", "1"],
    },
    { name: "64 bits, the hot path in assembly", compiler: "cc", flags: ["-DNATIVE_HOT"], without: "quarantine" },
    {
        // Static, so that it runs on any x86-64 kernel; a trap needs no runtime that musl does not have.
        name: "32 bits, undefined behaviour traps",
        compiler: findTool(zigForUcrt),
        flags: ["-target", "x86-linux-musl", "-static", "-fsanitize=undefined", "-fsanitize-trap=undefined"],
    },
    {
        name: "32 bits, the hot path in assembly",
        compiler: findTool(zigForUcrt),
        // A compiler that knows calloc believes that it leaves errno alone.
        flags: ["-target", "x86-linux-musl", "-static", "-fno-builtin", "-DNATIVE_HOT"],
        without: "quarantine",
    },
];

const programs = ["api", "bump", "caches", "classes", "groups", "hot", "quarantine", "stress"];

const sources = fileURLToPath(new URL("../../../test/cmodule/", import.meta.url));
const pool = fileURLToPath(new URL("../../../cmodule/", import.meta.url));
const strict = ["-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror", `-I${pool}`, "-pthread"];

/** The pool itself, in a process of its own, with its invariants checked on the way. */
for (const build of builds) {
    describe(`the pool as a native program, ${build.name}`, () => {
        let folder: string;
        let hindrance: string | null;

        before(async () => {
            folder = mkdtempSync(join(tmpdir(), "poolnv-native-"));
            hindrance = await whatHinders(build, folder);
        });
        after(() => rmSync(folder, { recursive: true, force: true }));

        for (const name of programs.filter((name) => name !== build.without)) {
            it(name, async (context) => {
                if (hindrance !== null) return context.skip(hindrance);
                const program = await compile(build, join(sources, `${name}.c`), join(folder, name));
                const args = name === "stress" ? (build.stress ?? []) : [];
                const { exitCode, signal, all } = await execa(program, args, {
                    all: true,
                    reject: false,
                    timeout: 120_000,
                });
                assert.equal(exitCode, 0, `ended with ${exitCode ?? signal}:\n${all}`);
                assert.match(all, /^[1-9]\d* passed, 0 failed$/m);
            });
        }
    });
}

/** Why a build can't be had here, or null: a small program is compiled and run. */
async function whatHinders(build: Build, folder: string): Promise<string | null> {
    if (build.compiler === null) return "the 32-bit compiler is not prepared (run: npm run pretest)";
    const source = join(folder, "probe.c");
    writeFileSync(source, "int main(void) { return 0; }\n");
    try {
        await execa(await compile(build, source, join(folder, "probe")), { timeout: 20_000 });
        return null;
    } catch (error) {
        return `can't be built or run here: ${(error as Error).message.split("\n")[0]}`;
    }
}

async function compile({ name, compiler, flags }: Build, source: string, output: string): Promise<string> {
    const cache = testFolder("zig-cache", zigForUcrt.pin.version);
    await runStep({
        purpose: `compile ${source}, ${name}`,
        command: compiler!,
        args: [...(compiler === "cc" ? [] : ["cc"]), ...strict, ...flags, source, "-o", output],
        env: { ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache },
        resolution: "mend the source",
    });
    return output;
}
