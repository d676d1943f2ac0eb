import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { runStep } from "../../host/frida/setup/run-step.js";
import { readEnvironments } from "../fixtures/prepare/environments.js";
import { testFolder } from "../fixtures/prepare/test-folder.js";
import { findTool, zigForUcrt } from "../fixtures/prepare/test-tools.js";

/** A way to build the pool as a native program. */
export interface Build {
    /** As a place to try it in is named on the command line. */
    readonly place: string;
    readonly name: string;
    /** The compiler, and the flags that make it this build; or why it can't be had, with the resolution. */
    tools(): { compiler: string; flags: string[] } | { skipReason: string };
    /** A program that does not fit: the agent compiles no hot path where there is a quarantine. */
    readonly without?: string;
    /** Each step takes ten times as long as elsewhere. */
    readonly slow?: boolean;
}

const stopAtFirst = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

export const builds: readonly Build[] = [
    { place: "x64", name: "64 bits", tools: () => own() },
    {
        place: "x64-asan-ubsan",
        name: "64 bits, address and undefined-behaviour sanitizers",
        tools: () => own(stopAtFirst),
    },
    { place: "x64-tsan", name: "64 bits, thread sanitizer", tools: () => own(["-fsanitize=thread"]), slow: true },
    {
        place: "x64-hot",
        name: "64 bits, the hot path in assembly",
        tools: () => own(["-DNATIVE_HOT"]),
        without: "quarantine",
    },
    {
        place: "i386-asan-ubsan",
        name: "32 bits, address and undefined-behaviour sanitizers",
        tools() {
            const { sanitizersI386: found } = readEnvironments();
            return found.ready
                ? own([...found.options, ...stopAtFirst])
                : { skipReason: `${found.reason} (${found.resolution})` };
        },
    },
    {
        // A trap needs no runtime that musl does not have.
        place: "i386-ubsan",
        name: "32 bits, undefined behaviour traps",
        tools: () => musl(["-fsanitize=undefined", "-fsanitize-trap=undefined"]),
    },
    {
        // A compiler that knows calloc believes that it leaves errno alone.
        place: "i386-hot",
        name: "32 bits, the hot path in assembly",
        tools: () => musl(["-fno-builtin", "-DNATIVE_HOT"]),
        without: "quarantine",
    },
];

function own(flags: string[] = []) {
    return { compiler: "cc", flags };
}

/** Static, so that it runs on any x86-64 kernel. */
function musl(flags: string[]) {
    const compiler = findTool(zigForUcrt);
    return compiler === null
        ? { skipReason: "the 32-bit compiler is not prepared (run: npm run pretest)" }
        : { compiler, flags: ["-target", "x86-linux-musl", "-static", ...flags] };
}

/** Why a build can't be had here, or null: a small program is compiled and run. */
export async function whySkipped(build: Build): Promise<string | null> {
    const tools = build.tools();
    if ("skipReason" in tools) return tools.skipReason;
    const folder = mkdtempSync(join(tmpdir(), "poolnv-probe-"));
    try {
        const source = join(folder, "probe.c");
        writeFileSync(source, "int main(void) { return 0; }\n");
        await execa(await compileNative(build, source, join(folder, "probe")), { timeout: 20_000 });
        return null;
    } catch (error) {
        return `can't be built or run here: ${(error as Error).message.split("\n")[0]}`;
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

const sources = fileURLToPath(new URL("../../../test/native/", import.meta.url));
const pool = fileURLToPath(new URL("../../../cmodule/", import.meta.url));
const strict = ["-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror", `-I${pool}`, "-pthread"];

/** What to tell a program that takes a seed, so that it takes seconds. */
export function argumentsOf(program: string, seed: number, { slow = false }: Build): string[] {
    if (program === "stress") return [String(seed), slow ? "1" : "3"];
    return program === "fuzz" ? [String(seed), "1", slow ? "12000" : "60000"] : [];
}

/** Path of a program of this folder. */
export function nativeSource(name: string): string {
    return join(sources, `${name}.c`);
}

/**
 * Compiles a C file.
 *
 * @returns the program
 */
export async function compileNative(build: Build, source: string, output: string): Promise<string> {
    const tools = build.tools();
    if ("skipReason" in tools) throw new Error(tools.skipReason);
    const cache = testFolder("zig-cache", zigForUcrt.pin.version);
    await runStep({
        purpose: `compile ${source}, ${build.name}`,
        command: tools.compiler,
        args: [...(tools.compiler === "cc" ? [] : ["cc"]), ...strict, ...tools.flags, source, "-o", output],
        env: { ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache },
        resolution: "fix the source",
    });
    return output;
}

/**
 * Runs a native program to its end.
 *
 * @returns what went wrong with its last lines, or null
 */
export async function runNative(program: string, args: readonly string[]): Promise<string | null> {
    const { exitCode, signal, all } = await execa(program, args, { all: true, reject: false, timeout: 300_000 });
    if (exitCode === 0 && /^[1-9]\d* passed, 0 failed$/m.test(all)) return null;
    const telling = all.split("\n").filter((line) => !line.includes("WARNING: AddressSanitizer failed to allocate"));
    return `ended with ${exitCode ?? signal ?? "a time-out"}:\n${telling.slice(-60).join("\n")}`;
}
