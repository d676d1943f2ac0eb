import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { UserError } from "../../host/errors.js";
import { ensureBuilt } from "../../host/setup/built-folder.js";
import type { Report } from "../../host/setup/report.js";
import { runStep } from "../../host/setup/run-step.js";
import { unpackI386Packages } from "./private-apt.js";
import { testFolder } from "./test-folder.js";

/**
 * What makes the system's own compiler build 32-bit programs with its sanitizers: Debian's 32-bit parts of the same GCC,
 * and a C library to go with them.
 *
 * @returns options for `cc`
 * @throws UserError SETUP_FAILED where these packages can't be had, or don't fit the compiler
 */
export async function ensureSanitizersI386(report: Report): Promise<string[]> {
    const version = await compilerVersion();
    const packages = [`libgcc-${version}-dev`, "libgcc-s1", "libc6", "libc6-dev", "linux-libc-dev"];
    const build = async (temporary: string) => {
        report(`fetching the 32-bit parts of GCC ${version} (about 12 MB)`);
        try {
            await unpackI386Packages(packages, temporary);
        } catch (cause) {
            if (!(cause instanceof UserError)) throw cause;
            const message = `the system's package sources have no 32-bit parts for its compiler (${cause.message})`;
            throw new UserError("SETUP_FAILED", message, remedy, { cause });
        }
        await prove(options(temporary, version), temporary);
    };
    await ensureBuilt({ path: testFolder("sanitizers-i386"), pin: packages.join(" "), build }, report);
    return options(testFolder("sanitizers-i386"), version);
}

const remedy = "run this on a Debian whose compiler is its own GCC";

async function compilerVersion(): Promise<string> {
    const step = { purpose: "ask the compiler for its version", command: "cc", args: ["-dumpversion"] };
    return (await runStep({ ...step, resolution: "install a C compiler" })).trim().split(".")[0]!;
}

/** The sanitizers are linked into the program: so it needs no more than a C library, which is ours as well. */
function options(folder: string, version: string): string[] {
    const libraries = [join(folder, "lib", "i386-linux-gnu"), join(folder, "usr", "lib", "i386-linux-gnu")];
    const loader = libraries.map((library) => join(library, "ld-linux.so.2")).find(existsSync) ?? "ld-linux.so.2";
    const compiler = join(folder, "usr", "lib", "gcc", "i686-linux-gnu", version);
    return [
        "-m32",
        `--sysroot=${folder}`,
        "-isystem",
        join(folder, "usr", "include", "i386-linux-gnu"),
        ...[compiler, ...libraries].flatMap((place) => [`-B${place}`, `-L${place}`]),
        `-Wl,-rpath,${libraries.join(":")}`,
        `-Wl,--dynamic-linker=${loader}`,
        "-static-libasan",
        "-static-libubsan",
    ];
}

const program = `
#include <stdio.h>
#include <stdlib.h>
int main(int count, char **arguments) {
    char *volatile block = malloc(10);
    block[count == 1 ? 9 : 10] = 1;
    printf("%d", (int)sizeof block);
    free(block);
    return 0;
}
`;

/** A program that is sound must run, and one that is not must be caught. */
async function prove(compilerOptions: readonly string[], folder: string): Promise<void> {
    const [source, output] = [join(folder, "proof.c"), join(folder, "proof")];
    await writeFile(source, program);
    await runStep({
        purpose: "compile a 32-bit program with the address sanitizer",
        command: "cc",
        args: [...compilerOptions, "-fsanitize=address,undefined", source, "-o", output],
        resolution: remedy,
    });
    const [sound, unsound] = [await execa(output, { reject: false }), await execa(output, ["1"], { reject: false })];
    if (!sound.failed && sound.stdout === "4" && unsound.stderr.includes("heap-buffer-overflow")) return;
    const told = sound.failed ? sound.shortMessage : "it did not catch an overrun";
    throw new UserError("SETUP_FAILED", `a 32-bit program with the address sanitizer does not run: ${told}`, remedy);
}
