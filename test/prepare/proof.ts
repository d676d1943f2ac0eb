import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { UserError } from "../../host/errors.js";
import { ensureBuilt } from "../../host/setup/built-folder.js";
import { windowsPythonJar, wineFrida } from "../../host/setup/pins.js";
import type { Report } from "../../host/setup/report.js";
import { compileTarget, type CompileTarget } from "./compile.js";
import { testFolder } from "./test-folder.js";

const program =
    '#include <stdio.h>\n#include <stdlib.h>\nint main(void) { return puts(malloc(9) ? "yes" : "no") < 0; }\n';

/**
 * Compiles a program once, which also makes the compiler build its part of the C runtime (20 s for Windows), and runs
 * it where no emulator is needed.
 *
 * @param compiler what the proof holds for: a new compiler is proven again
 * @returns the compiler
 */
export async function provePrograms(target: CompileTarget, compiler: string, report: Report): Promise<string> {
    const build = async (temporary: string) => {
        report(`compiling a first program for ${target}`);
        const source = join(temporary, "proof.c");
        await writeFile(source, program);
        const output = await compileTarget(source, { target, output: join(temporary, "proof.exe") });
        if (target.startsWith("linux")) await expectOutput(output, [], "yes");
    };
    await ensureBuilt({ path: testFolder("proof", target), pin: compiler, build }, report);
    return compiler;
}

/** Loads Frida in Windows Python once. */
export async function proveWine(place: { wine: string; windowsPython: string }, report: Report): Promise<void> {
    const python = join(place.windowsPython, "python.exe");
    const build = async () => {
        report("loading Frida in Windows Python");
        await expectOutput(
            place.wine,
            [python, "-I", "-c", "print(__import__('frida').__version__)"],
            wineFrida.version,
        );
    };
    const pin = [windowsPythonJar.sha256, ...wineFrida.sha256].join("\n");
    await ensureBuilt({ path: testFolder("proof", "wine"), pin, build }, report);
}

async function expectOutput(command: string, args: string[], expected: string): Promise<void> {
    // Wine's services keep the pipe open for some seconds after the program has ended.
    const result = await execa(command, args, { reject: false, input: "", timeout: 60_000 });
    if (result.stdout?.trim() === expected) return;
    const told = result.stderr?.trimEnd().split("\n").at(-1) || result.shortMessage || "nothing";
    const message = `${command} ${args.join(" ")} should print ${expected} and did not: ${told}`;
    throw new UserError("SETUP_FAILED", message, `delete ${testFolder()} and run: npm run pretest`);
}
