import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { ensureBuilt, isBuilt } from "./built-folder.js";
import { cacheFolder } from "./cache-folder.js";
import { findPython } from "./find-python.js";
import { elfTools, nativeFrida, requirements, typingExtensions } from "./pins.js";
import type { Report } from "./report.js";
import { runStep } from "./run-step.js";

/**
 * Makes the private Python environment with the pinned Frida, unless it is there already.
 *
 * @returns the path of its Python
 * @throws UserError NO_ENGINE without a usable Python, SETUP_FAILED when a download or its check fails
 */
export async function ensurePythonEnvironment(report: Report): Promise<string> {
    await ensureBuilt({ ...environment(), build: (temporary) => buildEnvironment(temporary, report) }, report);
    return pythonIn(environment().path);
}

/** The private environment's Python if the environment is complete and current, else null. Starts no process. */
export function findPythonEnvironment(): string | null {
    return isBuilt(environment()) ? pythonIn(environment().path) : null;
}

const wheels = [nativeFrida, typingExtensions, elfTools];

function environment() {
    return { path: cacheFolder("engine-python"), pin: requirements(wheels) };
}

/** Where a virtual environment keeps its interpreter. */
export function pythonIn(environmentFolder: string): string {
    return process.platform === "win32"
        ? join(environmentFolder, "Scripts", "python.exe")
        : join(environmentFolder, "bin", "python");
}

async function buildEnvironment(folder: string, report: Report): Promise<void> {
    const python = await findPython();
    report(`making a private Python environment with ${python}`);
    await runStep({
        purpose: "make a Python environment",
        command: python,
        args: ["-m", "venv", folder],
        resolution: "run: apt-get install python3-venv (or your distribution's package of that module)",
    });
    report(`installing Frida ${nativeFrida.version} (about 50 MB)`);
    const wanted = join(folder, "requirements.txt");
    writeFileSync(wanted, requirements(wheels));
    await runStep({
        purpose: `install Frida ${nativeFrida.version}`,
        command: pythonIn(folder),
        args: ["-m", "pip", "install", "--quiet", "--only-binary=:all:", "--require-hashes", "-r", wanted],
        resolution: "check that pip can reach its package index, then run: poolnv setup",
    });
    await runStep({
        purpose: "load Frida",
        command: pythonIn(folder),
        args: ["-c", "import frida"],
        resolution: "delete the cache folder and run: poolnv setup",
    });
}
