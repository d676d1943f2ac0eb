import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compilerFor, compileTarget, type CompileOptions } from "./compile.js";
import { testFolder } from "./test-folder.js";

/** What programs to attach to are made of. */
const sources = ["test/targets", "cmodule"].map((folder) =>
    fileURLToPath(new URL(`../../../${folder}/`, import.meta.url)),
);

/** How long a program is kept after it was made, in milliseconds. */
const keptMs = 7 * 24 * 3_600_000;

/**
 * The same as {@link compileTarget}, but what was made of the same sources before is taken again: most tests want the same
 * program, and a compiler takes a second for it.
 *
 * @param source path of one C file of `test/targets`
 */
export async function keptProgram(source: string, options: CompileOptions): Promise<string> {
    const place = testFolder("programs");
    const kept = join(place, digestOf(source, options));
    if (!existsSync(kept)) {
        await mkdir(place, { recursive: true });
        removeOld(place);
        const workshop = await mkdtemp(join(place, "making-"));
        try {
            // Some compilers go by the ending of what they make.
            await rename(await compileTarget(source, { ...options, output: join(workshop, "program.exe") }), kept);
        } finally {
            await rm(workshop, { recursive: true, force: true });
        }
    }
    await mkdir(dirname(options.output), { recursive: true });
    await copyFile(kept, options.output);
    return options.output;
}

function digestOf(source: string, { output: _, ...options }: CompileOptions): string {
    const digest = createHash("sha256").update(JSON.stringify([source, options, compilerFor(options.target)]));
    for (const folder of sources)
        for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort())
            if (/\.[ch]$/.test(name)) digest.update(`\0${name}\0`).update(readFileSync(join(folder, name)));
    return digest.digest("hex");
}

function removeOld(place: string): void {
    for (const name of readdirSync(place)) {
        const path = join(place, name);
        const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
        if (Date.now() - made > keptMs) rmSync(path, { recursive: true, force: true });
    }
}
