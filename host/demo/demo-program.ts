import { copyFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

/** The program that the demo runs, ready to be started. */
export interface DemoProgram {
    /** Path of the executable. */
    program: string;
    /** Arguments before its own. */
    leadingArgs: string[];
    /** For example `C program, compiled with cc`. */
    description: string;
}

/**
 * Compiles the demo's C program. Without a C compiler, Node itself does the same kind of work.
 *
 * @param folder for the executable or the script
 */
export async function prepareProgram(folder: string, report: (line: string) => void): Promise<DemoProgram> {
    for (const compiler of ["cc", "gcc", "clang"]) {
        const program = path.join(folder, process.platform === "win32" ? "demo-target.exe" : "demo-target");
        if (await compiles(compiler, program)) {
            return { program, leadingArgs: [], description: `C program, compiled with ${compiler}` };
        }
    }
    report("No C compiler found: the demo uses Node as its program.");
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

/** The sources are packed in host/demo, not in dist. */
function sourceFile(name: string): string {
    return fileURLToPath(new URL(`../../../host/demo/${name}`, import.meta.url));
}
