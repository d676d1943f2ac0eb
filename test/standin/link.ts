import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../host/errors.js";
import { runStep } from "../../host/setup/run-step.js";
import { testFolder } from "../prepare/test-folder.js";
import { findTool, zigForUcrt } from "../prepare/test-tools.js";
import { layout } from "./layout.js";
import { assemblySource, headerSource } from "./sources.js";

/**
 * Compiles the stand-in's C and the game's places and links them for the address of the stand-in's own part. The
 * section `.game` is not yet where it belongs. The compiler keeps what it has made, by content.
 *
 * @returns the linked program, which does not run
 */
export async function linkParts(): Promise<Uint8Array> {
    return inWorkshop(async (folder) => {
        const [header, assembly, output] = ["game.h", "game.s", "linked.exe"].map((name) => join(folder, name));
        await writeFile(header!, headerSource());
        await writeFile(assembly!, assemblySource());
        const sources = (await readdir(programFolder)).filter((name) => name.endsWith(".c")).sort();
        await compile("compile the stand-in of the game", [
            ...["-I", folder, "-I", programFolder],
            `-Wl,--image-base=0x${layout.own.toString(16)}`,
            "-Wl,-e,protected_entry",
            "-Wl,--subsystem,windows",
            ...["-o", output!],
            ...sources.map((name) => join(programFolder, name)),
            assembly!,
        ]);
        return readFile(output!);
    });
}

/** Makes a library that does nothing, under the file name of another heap replacer. */
export async function linkOtherReplacer(output: string): Promise<void> {
    await inWorkshop(async (folder) => {
        const library = join(folder, "library.dll");
        const sources = ["other_replacer.c", "tls_index.c"].map(sourcePath);
        await compile(`compile ${output}`, ["-shared", "-Wl,-e,DllMain", "-o", library, ...sources]);
        await mkdir(dirname(output), { recursive: true });
        await copyFile(library, output);
    });
}

/** The linker leaves more beside its output than anybody wants. */
async function inWorkshop<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
    const folder = await mkdtemp(join(tmpdir(), "poolnv-standin-parts-"));
    try {
        return await work(folder);
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

const programFolder = sourcePath("program/");

function sourcePath(name: string): string {
    return fileURLToPath(new URL(`../../../test/standin/${name}`, import.meta.url));
}

async function compile(purpose: string, args: string[]): Promise<void> {
    const zig = findTool(zigForUcrt);
    if (zig === null) throw new UserError("SETUP_FAILED", "the compiler is not prepared", "run: npm run pretest");
    const cache = testFolder("zig-cache", zigForUcrt.pin.version);
    await runStep({
        purpose,
        command: zig,
        args: ["cc", ...flags(zig), ...args],
        env: { ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache },
        resolution: "mend the source",
    });
}

/** No C library, not even its start: all that is in the process shall be known. */
function flags(zig: string): string[] {
    return [
        ...["-target", "x86-windows-gnu", "-mcpu=pentium4", "-std=gnu11", "-O2", "-g0"],
        ...["-Wall", "-Wextra", "-Werror", "-Wno-unused-command-line-argument", "-fno-caret-diagnostics"],
        ...["-nostdlib", "-fno-builtin", "-fno-stack-protector", "-mno-stack-arg-probe"],
        ...["-fno-asynchronous-unwind-tables", "-fno-unwind-tables", "-fno-exceptions"],
        ...["-isystem", join(zig, "..", "lib", "libc", "include", "any-windows-any")],
    ];
}
