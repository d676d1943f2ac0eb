import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt, isBuilt } from "./built-folder.js";
import { cacheFolder } from "./cache-folder.js";
import { findPython, pythonResolution } from "./find-python.js";
import { elfTools, nativeFrida, requirements, typingExtensions } from "./pins.js";
import { type Report, runStep } from "./run-step.js";

/** A Python with the pinned Frida. */
export interface PythonEnvironment {
    /** Path of the interpreter. */
    readonly python: string;
    /** Folder of the packages if the interpreter does not search it by itself: on Windows; else null. */
    readonly packages: string | null;
}

/**
 * Makes the private Python environment with the pinned Frida, unless it is complete already.
 *
 * @returns the path of its interpreter
 * @throws UserError NO_ENGINE without a usable Python, SETUP_FAILED if a download or its check fails
 */
export async function ensurePythonEnvironment(report: Report): Promise<string> {
    const { path, pin } = location();
    await ensureBuilt({ path, pin, build: (temporary) => build(temporary, report) }, report);
    return environmentIn(path).python;
}

/** The private environment if it is complete and current, else null. Starts no process. */
export function findPythonEnvironment(): PythonEnvironment | null {
    return isBuilt(location()) ? environmentIn(location().path) : null;
}

function location() {
    return { path: cacheFolder("engine-python"), pin: requirements(pythonPackages) };
}

const pythonPackages = [nativeFrida, typingExtensions, elfTools];

/** On Windows the path of the interpreter is in a file: a virtual environment needs parts that some Pythons lack. */
const interpreterFile = "interpreter.txt";

function environmentIn(folder: string): PythonEnvironment {
    if (process.platform !== "win32") return { python: join(folder, "bin", "python"), packages: null };
    return { python: readFileSync(join(folder, interpreterFile), "utf8"), packages: join(folder, "packages") };
}

async function build(folder: string, report: Report): Promise<void> {
    const { path: python } = await findPython();
    report(`making a private Python environment in ${location().path} with ${python}`);
    if (process.platform === "win32") writeFileSync(join(folder, interpreterFile), python);
    else await makeVirtualEnvironment(folder, python);
    const environment = environmentIn(folder);
    report(`fetching Frida ${nativeFrida.version} from the Python package index (about 50 MB)`);
    await installPackages(folder, environment);
    await runStep({
        purpose: "load Frida",
        command: environment.python,
        args: ["-c", `import sys; sys.path[:0] = sys.argv[1:]; import frida`, ...packagesOf(environment)],
        resolution: `delete ${location().path} and run: npx poolnv setup --engine python`,
    });
}

async function makeVirtualEnvironment(folder: string, python: string): Promise<void> {
    await runStep({
        purpose: "make a Python environment",
        command: python,
        args: ["-m", "venv", folder],
        resolution: pythonResolution(),
    });
}

async function installPackages(folder: string, environment: PythonEnvironment): Promise<void> {
    const requirementsFile = join(folder, "requirements.txt");
    writeFileSync(requirementsFile, requirements(pythonPackages));
    const target = packagesOf(environment).flatMap((packages) => ["--target", packages]);
    const options = ["--quiet", "--only-binary=:all:", "--require-hashes", ...target];
    await runStep({
        purpose: `install Frida ${nativeFrida.version}`,
        command: environment.python,
        args: ["-m", "pip", "install", ...options, "-r", requirementsFile],
        resolution: "check that pip can reach its package index, then run: npx poolnv setup --engine python",
    });
}

function packagesOf({ packages }: PythonEnvironment): string[] {
    return packages === null ? [] : [packages];
}
