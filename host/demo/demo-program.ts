import path from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { UserError } from "../errors.js";
import { findPython } from "../frida/setup/find-python.js";
import { findPythonEnvironment } from "../frida/setup/python-environment.js";

/** The program that the demo runs, ready to be started. */
export interface DemoProgram {
    /** Path of the executable. */
    program: string;
    /** Arguments before its own. */
    leadingArgs: string[];
    /** Variables to add to its environment. */
    env: Record<string, string>;
    /** For example `C program, compiled with cc`. */
    description: string;
}

/**
 * Compiles the demo's C program. Without a C compiler, Python does the same kind of work, with the memory of the C
 * library. Node never does: its own allocator is linked in, so that nothing of its work would pass the pool.
 *
 * @param folder for the executable
 * @throws UserError UNSUPPORTED_PLATFORM without a program that a pool can serve
 */
export async function prepareProgram(folder: string, report: (line: string) => void): Promise<DemoProgram> {
    for (const compiler of ["cc", "gcc", "clang"]) {
        const program = path.join(folder, onWindows ? "demo-target.exe" : "demo-target");
        if (await compiles(compiler, program)) {
            return { program, leadingArgs: [], env: {}, description: `C program, compiled with ${compiler}` };
        }
    }
    report("No C compiler found: the demo uses Python as its program.");
    const { executable, version } = await servedPython();
    return {
        program: executable,
        leadingArgs: ["-s", "-B", sourceFile("demo-target.py")],
        env: { PYTHONMALLOC: "malloc" },
        description: `Python ${version}, without its own allocator`,
    };
}

const onWindows = process.platform === "win32";

async function compiles(compiler: string, program: string): Promise<boolean> {
    // On Windows a pool serves 32-bit programs.
    const flags = onWindows ? ["-m32"] : ["-pthread"];
    const { failed } = await execa(compiler, ["-O2", ...flags, "-o", program, sourceFile("demo-target.c")], {
        reject: false,
    });
    return !failed;
}

interface PythonFacts {
    executable: string;
    version: string;
    bits: number;
}

/** The engine's own Python, else one on the PATH; on Windows one of 32 bits. */
async function servedPython(): Promise<PythonFacts> {
    const found = await pythonFacts(await anyPython());
    if (found !== null && (!onWindows || found.bits === 32)) return found;
    const other = onWindows ? await pythonFacts("py.exe", "-3-32") : null;
    if (other?.bits === 32) return other;
    throw new UserError(
        "UNSUPPORTED_PLATFORM",
        found === null
            ? "the demo has no program to run: there is neither a C compiler nor Python"
            : `the demo has no program to run: on Windows a pool serves 32-bit programs, and ${found.executable} has ${found.bits} bits`,
        onWindows
            ? "Install the 32-bit Python from python.org beside the other one, or try poolnv on the game."
            : "Install a C compiler (apt-get install gcc) or Python 3 (apt-get install python3).",
    );
}

async function anyPython(): Promise<string | null> {
    const environment = findPythonEnvironment();
    if (environment !== null) return environment.python;
    return findPython().then(
        ({ path }) => path,
        () => null,
    );
}

/** Of a Python in a virtual environment those of the one it was made with: on Windows the other only starts that. */
async function pythonFacts(python: string | null, ...args: string[]): Promise<PythonFacts | null> {
    if (python === null) return null;
    const script = `import struct, sys
print(getattr(sys, "_base_executable", sys.executable), sys.version.split()[0], struct.calcsize("P") * 8, sep="\\n")`;
    const { failed, stdout } = await execa(python, [...args, "-I", "-c", script], { reject: false, timeout: 30_000 });
    const [executable, version, bits] = stdout?.split(/\r?\n/) ?? [];
    if (failed || executable === undefined || version === undefined) return null;
    return { executable, version, bits: Number(bits) };
}

/** The sources are packed in host/demo, not in dist. */
function sourceFile(name: string): string {
    return fileURLToPath(new URL(`../../../host/demo/${name}`, import.meta.url));
}
