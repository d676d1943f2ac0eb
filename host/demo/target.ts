import { copyFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

/** The demo's own program, ready to be started. */
export interface DemoTarget {
    program: string;
    /** What goes in front of the arguments it takes itself. */
    leadingArgs: string[];
    /** What it is made of, for people. */
    description: string;
}

/**
 * Compiles the demo's program where there is a C compiler, and falls back to Node running the same kind of work.
 *
 * @param folder where files may be written
 */
export async function prepareTarget(folder: string, report: (line: string) => void): Promise<DemoTarget> {
    for (const compiler of ["cc", "gcc", "clang"]) {
        const program = path.join(folder, process.platform === "win32" ? "demo-target.exe" : "demo-target");
        if (await compiles(compiler, program)) {
            return { program, leadingArgs: [], description: `C program, compiled with ${compiler}` };
        }
    }
    report("No C compiler was found, so Node itself is the program of this demo.");
    const script = path.join(folder, "demo-target.mjs");
    await copyFile(sourceFile("demo-target.mjs"), script);
    return { program: process.execPath, leadingArgs: [script], description: `Node ${process.version}` };
}

async function compiles(compiler: string, program: string): Promise<boolean> {
    const threads = process.platform === "win32" ? [] : ["-pthread"];
    const { failed } = await execa(compiler, ["-O2", ...threads, "-o", program, sourceFile("demo-target.c")], {
        reject: false,
    });
    return !failed;
}

/** The sources ship beside this file's own source, not beside what it is compiled to. */
function sourceFile(name: string): string {
    return fileURLToPath(new URL(`../../../host/demo/${name}`, import.meta.url));
}
