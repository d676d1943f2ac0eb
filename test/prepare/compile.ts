import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "../../host/errors.js";
import { runStep } from "../../host/setup/run-step.js";
import { i386Libraries } from "./i386-libraries.js";
import { setLargeAddressAware } from "./pe-flags.js";
import { testFolder } from "./test-folder.js";
import { findTool, type TestTool, zigForMsvcrt, zigForUcrt } from "./test-tools.js";

/** What a test program is compiled for. */
export type CompileTarget = "linux-x64" | "linux-i386" | "win32-msvcrt" | "win32-ucrt";

export interface CompileOptions {
    readonly target: CompileTarget;
    /** Path of the program to write; its folder is made if need be. */
    readonly output: string;
    /** Added to the compiler's command line, before the source. */
    readonly flags?: readonly string[];
    /** Windows only: whether the program may use addresses above 2 GB. Yes, where not given. */
    readonly largeAddressAware?: boolean;
}

/**
 * Compiles C source into a program that can be started as it is (Windows programs by Wine).
 *
 * @param source path of one C file, or of several
 * @returns the path of the program
 * @throws UserError SETUP_FAILED with the compiler's last word, or when the compiler has not been prepared
 */
export async function compileTarget(source: string | readonly string[], options: CompileOptions): Promise<string> {
    const { command, args, env } = compilerFor(options.target);
    await mkdir(dirname(options.output), { recursive: true });
    await runStep({
        purpose: `compile ${[source].flat().join(" ")} for ${options.target}`,
        command,
        args: [...args, "-O2", "-g0", ...(options.flags ?? []), "-o", options.output, ...[source].flat()],
        env,
        resolution: "mend the source, or run: npm run pretest",
    });
    if (options.target.startsWith("win32") && (options.largeAddressAware ?? true)) {
        await setLargeAddressAware(options.output);
    }
    return options.output;
}

/** A command line of a compiler, without what it is to compile. */
export interface Compiler {
    command: string;
    args: string[];
    env?: Record<string, string>;
}

/** How a kind of program is compiled. */
export function compilerFor(target: CompileTarget): Compiler {
    switch (target) {
        case "linux-x64":
            return { command: "cc", args: ["-pthread"] };
        case "linux-i386":
            return zig(zigForUcrt, ["-target", "x86-linux-gnu.2.36", ...i386LinkOptions()]);
        case "win32-msvcrt":
            return zig(zigForMsvcrt, ["-target", "x86-windows-gnu", "-mcpu=pentium4"]);
        case "win32-ucrt":
            return zig(zigForUcrt, ["-target", "x86-windows-gnu", "-mcpu=pentium4"]);
    }
}

/**
 * Position-independent, because Zig's stand-in for the C library gives all its variables one address, which a
 * position-dependent program copies: `stdout`, `stderr` and the heap's own end would be one and the same.
 */
function i386LinkOptions(): string[] {
    const { loader, libraries } = i386Libraries();
    return ["-fPIC", "-pie", `-Wl,--dynamic-linker=${loader}`, `-Wl,-rpath,${libraries}`, "-lpthread"];
}

function zig(tool: TestTool, args: string[]): Compiler {
    const command = findTool(tool);
    if (command === null) {
        const message = `the compiler ${tool.pin.name} ${tool.pin.version} is not prepared`;
        throw new UserError("SETUP_FAILED", message, "run: npm run pretest");
    }
    const cache = testFolder("zig-cache", tool.pin.version);
    return { command, args: ["cc", ...args], env: { ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache } };
}
