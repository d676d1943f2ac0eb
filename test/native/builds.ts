import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { runStep } from "../../host/frida/setup/run-step.js";
import { readEnvironments } from "../fixtures/prepare/environments.js";
import { testFolder } from "../fixtures/prepare/test-folder.js";
import { findTool, zigForUcrt } from "../fixtures/prepare/test-tools.js";

/** A way to build the C as a native program. */
export interface Build {
    /** As a place to try it in is named on the command line. */
    readonly place: string;
    readonly name: string;
    /** The compiler, and the flags that make it this build; or why it can't be had, with the resolution. */
    tools(): Tools | { skipReason: string };
    /** Programs that do not fit, each with the reason. */
    readonly without?: Readonly<Record<string, string>>;
    /** The only programs that fit; all, where not given. */
    readonly programs?: readonly string[];
    /** Each step takes ten times as long as elsewhere. */
    readonly slow?: boolean;
}

interface Tools {
    compiler: string;
    flags: string[];
    /** Starts the programs; none, where they start by themselves. */
    launcher?: string;
}

const noQuarantine = { quarantine: "the agent compiles no fast path if there is a quarantine" };

const stopAtFirst = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

export const builds: readonly Build[] = [
    { place: "x64", name: "64 bits", tools: () => own() },
    {
        place: "x64-asan-ubsan",
        name: "64 bits, address and undefined-behaviour sanitizers",
        tools: () => own(stopAtFirst),
    },
    {
        place: "x64-tsan",
        name: "64 bits, thread sanitizer",
        tools: () => own(["-fsanitize=thread"]),
        without: { patch: "the sanitizer takes the task that suspends the threads for a fork, and ends the program" },
        slow: true,
    },
    {
        place: "x64-fast",
        name: "64 bits, the fast path in assembly",
        tools: () => own(["-DNATIVE_FAST"]),
        without: noQuarantine,
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
        place: "i386-fast",
        name: "32 bits, the fast path in assembly",
        tools: () => musl(["-fno-builtin", "-DNATIVE_FAST"]),
        without: noQuarantine,
    },
    {
        place: "i386-windows-ubsan",
        name: "32-bit Windows, undefined behaviour traps",
        tools: () => windows(["-fsanitize=undefined", "-fsanitize-trap=undefined"]),
        programs: ["patch", "resident_windows"],
    },
];

function own(flags: string[] = []): Tools {
    return { compiler: "cc", flags };
}

/** Static, so that it runs on any x86-64 kernel. */
function musl(flags: string[]): Tools | { skipReason: string } {
    return zig(["-target", "x86-linux-musl", "-static", ...flags]);
}

/** Run by the tests' Wine. */
function windows(flags: string[]): Tools | { skipReason: string } {
    const { wine } = readEnvironments();
    if (!wine.ready) return { skipReason: `${wine.reason} (${wine.resolution})` };
    const tools = zig(["-target", "x86-windows-gnu", "-mcpu=pentium4", ...flags]);
    return "skipReason" in tools ? tools : { ...tools, launcher: wine.wine };
}

function zig(flags: string[]): Tools | { skipReason: string } {
    const compiler = findTool(zigForUcrt);
    return compiler === null
        ? { skipReason: "the 32-bit compiler is not prepared (run: npm run pretest)" }
        : { compiler, flags };
}

/** Why a build can't be had here, or null: a small program is compiled and run. */
export async function whySkipped(build: Build): Promise<string | null> {
    const tools = build.tools();
    if ("skipReason" in tools) return tools.skipReason;
    const folder = mkdtempSync(join(tmpdir(), "poolnv-probe-"));
    try {
        const source = join(folder, "probe.c");
        writeFileSync(source, "int main(void) { return 0; }\n");
        const [file, args] = commandOf(build, await compileNative(build, source, join(folder, "probe.exe")), []);
        await execa(file, args, { timeout: 60_000 });
        return null;
    } catch (error) {
        return `can't be built or run here: ${(error as Error).message.split("\n")[0]}`;
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

const sources = fileURLToPath(new URL("../../../test/native/", import.meta.url));
const pool = fileURLToPath(new URL("../../../cmodule/", import.meta.url));

/** Programs that are linked with C of `cmodule`, each file compiled on its own; the others include what they test. */
const linked: Readonly<Record<string, readonly string[]>> = {
    patch: [
        "-DPATCH_THREAD_LIMIT=64",
        ...["patch.c", "suspend_linux.c", "suspend_windows.c"].map((file) => join(pool, "patch", file)),
    ],
    resident: filesOf("resident", /\.c$/),
    resident_windows: filesOf("resident", /^windows.*\.c$/),
};

function filesOf(folder: string, name: RegExp): string[] {
    return readdirSync(join(pool, folder))
        .filter((file) => name.test(file))
        .map((file) => join(pool, folder, file));
}

const strict = ["-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror", `-I${pool}`, "-pthread"];

/** Arguments of a program that takes a seed, chosen so that it runs for seconds. */
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
        args: [
            ...(tools.compiler === "cc" ? [] : ["cc"]),
            ...strict,
            ...tools.flags,
            source,
            ...(linked[basename(source, ".c")] ?? []),
            "-o",
            output,
        ],
        env: { ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache },
        resolution: "correct the source",
    });
    return output;
}

/**
 * Runs a native program to its end.
 *
 * @returns what went wrong with its last lines, or null
 */
export async function runNative(build: Build, program: string, args: readonly string[]): Promise<string | null> {
    const [file, rest] = commandOf(build, program, args);
    const { exitCode, signal, all } = await execa(file, rest, { all: true, reject: false, timeout: 300_000 });
    if (exitCode === 0 && /^[1-9]\d* passed, 0 failed$/m.test(all)) return null;
    const lines = all.split("\n").filter((line) => !line.includes("WARNING: AddressSanitizer failed to allocate"));
    return `ended with ${exitCode ?? signal ?? "a time-out"}:\n${lines.slice(-60).join("\n")}`;
}

function commandOf(build: Build, program: string, args: readonly string[]): [file: string, args: readonly string[]] {
    const tools = build.tools();
    const launcher = "skipReason" in tools ? undefined : tools.launcher;
    return launcher === undefined ? [program, args] : [launcher, [program, ...args]];
}
