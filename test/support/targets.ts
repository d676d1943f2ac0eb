import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EngineKind } from "../../host/engine/engine-choice.js";
import type { CompileTarget } from "../prepare/compile.js";
import { readEnvironments, type EnvironmentName } from "../prepare/environments.js";
import { keptProgram } from "../prepare/kept-programs.js";

/** A kind of program that poolnv serves, with a victim compiled for it. */
export interface Target {
    name: CompileTarget;
    /** Engine that `auto` must pick for it. */
    engine: EngineKind;
    /** Bits of a pointer in it. */
    bits: 32 | 64;
    /** A folder of its own, where the victim stands and its log will be. */
    folder: string;
    /** Path of the program of `test/targets/victim.c`. */
    victim: string;
    /** File name by which it is attached to. */
    processName: string;
    /** How to start a program of this kind. */
    command(program: string): { file: string; args: string[]; env: Record<string, string> };
    /** Environment for the command line, such as which Wine to use. */
    env: Record<string, string>;
    /** A path as the program itself writes it. */
    ownPath(path: string): string;
    remove(): void;
}

/** Why nothing can be tested on a kind of target, or null. The words are what a skipped suite prints. */
export function whyNot(name: CompileTarget): string | null {
    const environments = readEnvironments();
    for (const need of needs[name]) {
        const environment = environments[need];
        if (!environment.ready) return `${environment.reason} (${environment.remedy})`;
    }
    return null;
}

/** The kinds of target, in the order in which they are tested. */
export const targetNames: readonly CompileTarget[] = ["linux-x64", "linux-i386", "win32-msvcrt", "win32-ucrt"];

/** Compiles a victim into a folder of its own, with a name that no other program has: suites run beside one another. */
export async function makeTarget(
    name: CompileTarget,
    options: { source?: string; flags?: readonly string[]; largeAddressAware?: boolean } = {},
): Promise<Target> {
    const folder = mkdtempSync(join(tmpdir(), `poolnv-${name}-`));
    const windows = name.startsWith("win32");
    const processName = `victim-${folder.slice(-6)}${windows ? ".exe" : ""}`;
    const victim = await keptProgram(options.source ?? victimSource, {
        // An optimiser that knows malloc leaves calls out.
        flags: ["-fno-builtin", ...(options.flags ?? [])],
        target: name,
        output: join(folder, processName),
        largeAddressAware: options.largeAddressAware ?? true,
    });
    const wine = windows ? wineFacts() : null;
    const env: Record<string, string> = wine === null ? {} : wineEnvironment();
    return {
        name,
        engine: windows ? "wine" : "python",
        bits: name === "linux-x64" ? 64 : 32,
        folder,
        victim,
        processName,
        env,
        command: (program) =>
            wine === null ? { file: program, args: [], env } : { file: wine.wine, args: [program], env },
        ownPath: (path) => (windows ? "Z:" + path.replaceAll("/", "\\") : path),
        remove: () => rmSync(folder, { recursive: true, force: true }),
    };
}

const victimSource = fileURLToPath(new URL("../../../test/targets/victim.c", import.meta.url));

const needs: Record<CompileTarget, EnvironmentName[]> = {
    "linux-x64": ["native", "python"],
    "linux-i386": ["linuxI386", "python"],
    "win32-msvcrt": ["win32Msvcrt", "wine"],
    "win32-ucrt": ["win32Ucrt", "wine"],
};

/** The tests' Wine and its prefix; throws where they are not ready. */
export function wineFacts(): { wine: string; prefix: string } {
    const { wine } = readEnvironments();
    if (!wine.ready) throw new Error(wine.reason);
    return wine;
}

/** What tells programs and poolnv which Wine to use. */
export function wineEnvironment(): Record<string, string> {
    const { wine, prefix } = wineFacts();
    return { POOLNV_WINE: wine, WINEPREFIX: prefix };
}
