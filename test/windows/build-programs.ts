/**
 * Builds the programs of `check-windows.ts` on any system: the stand-in of the game, and a program that changes its
 * environment, for each C runtime of Windows.
 *
 * Usage: node dist/test/windows/build-programs.js FOLDER
 */
import { copyFile, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compileTarget } from "../fixtures/prepare/compile.js";
import { ensureTool, zigForMsvcrt, zigForUcrt } from "../fixtures/prepare/test-tools.js";
import { buildStandin } from "../fixtures/standin/build-standin.js";

/** File name of the stand-in: that of the game, by which its profile is found. */
export const standinName = "FalloutNV.exe";

/** File names of the programs that change their environment. */
export const environmentNames = ["environment-msvcrt.exe", "environment-ucrt.exe"] as const;

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
    const [folder] = process.argv.slice(2);
    if (folder === undefined) throw new Error("usage: build-programs.js FOLDER");
    for (const tool of [zigForMsvcrt, zigForUcrt]) await ensureTool(tool, (line) => console.error(line));
    await buildPrograms(folder);
    console.log(`the programs are in ${folder}`);
}

/** Builds all programs into a folder. The compilers must be prepared. */
export async function buildPrograms(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    const standin = await buildStandin();
    await copyFile(standin, join(folder, standinName));
    await rm(dirname(standin), { recursive: true });
    for (const name of environmentNames) {
        const target = name.includes("ucrt") ? "win32-ucrt" : "win32-msvcrt";
        await compileTarget(source, { target, output: join(folder, name) });
    }
}

const source = fileURLToPath(new URL("../../../test/fixtures/targets/environment.c", import.meta.url));
