import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../errors.js";
import { ensureBuilt, isBuilt } from "./built-folder.js";
import { cacheFolder } from "./cache-folder.js";
import { elfTools, nativeFrida, requirements, typingExtensions } from "./pins.js";
import { type Report, runStep } from "./run-step.js";

/**
 * Makes the private Python environment with the pinned Frida, unless it is complete already.
 *
 * @returns the path of its Python
 * @throws UserError NO_ENGINE without a usable Python, SETUP_FAILED if a download or its check fails
 */
export async function ensurePythonEnvironment(report: Report): Promise<string> {
    await ensureBuilt({ ...environment(), build: (temporary) => buildEnvironment(temporary, report) }, report);
    return pythonIn(environment().path);
}

/** The private environment's Python if the environment is complete and current, else null. Starts no process. */
export function findPythonEnvironment(): string | null {
    return isBuilt(environment()) ? pythonIn(environment().path) : null;
}

/** Path of the interpreter in a virtual environment. */
export function pythonIn(environmentFolder: string): string {
    return process.platform === "win32"
        ? join(environmentFolder, "Scripts", "python.exe")
        : join(environmentFolder, "bin", "python");
}

const pythonPackages = [nativeFrida, typingExtensions, elfTools];

function environment() {
    return { path: cacheFolder("engine-python"), pin: requirements(pythonPackages) };
}

async function buildEnvironment(folder: string, report: Report): Promise<void> {
    const python = await findPython();
    report(`making a private Python environment in ${environment().path} with ${python}`);
    await runStep({
        purpose: "make a Python environment",
        command: python,
        args: ["-m", "venv", folder],
        resolution: pythonResolution(),
    });
    report(`fetching Frida ${nativeFrida.version} from the Python package index (about 50 MB)`);
    const requirementsFile = join(folder, "requirements.txt");
    writeFileSync(requirementsFile, requirements(pythonPackages));
    await runStep({
        purpose: `install Frida ${nativeFrida.version}`,
        command: pythonIn(folder),
        args: ["-m", "pip", "install", "--quiet", "--only-binary=:all:", "--require-hashes", "-r", requirementsFile],
        resolution: "check that pip can reach its package index, then run: npx poolnv setup --engine python",
    });
    await runStep({
        purpose: "load Frida",
        command: pythonIn(folder),
        args: ["-c", "import frida"],
        resolution: `delete ${environment().path} and run: npx poolnv setup --engine python`,
    });
}

const usable = "import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 8) else 'too old: ' + sys.version)";

/**
 * Finds a Python, 3.8 or later, that can make virtual environments: `$POOLNV_PYTHON`, else `python3` or `python` on
 * the PATH.
 *
 * @returns the command that starts it
 * @throws UserError NO_ENGINE with the reason why each candidate can't be used
 */
async function findPython(): Promise<string> {
    const chosen = process.env["POOLNV_PYTHON"];
    const reasons: string[] = [];
    const { execa } = await import("execa"); // large, and seldom needed
    for (const command of chosen ? [chosen] : ["python3", "python"]) {
        const probe = await execa(command, ["-c", usable], { reject: false, stdin: "ignore", timeout: 30_000 });
        if (!probe.failed) return command;
        reasons.push(`${command}: ${reasonOf(probe)}`);
    }
    const resolution = chosen
        ? "set POOLNV_PYTHON to a Python of version 3.8 or later that has the venv module"
        : pythonResolution();
    throw new UserError("NO_ENGINE", `no usable Python (${reasons.join("; ")})`, resolution);
}

function reasonOf(probe: { code?: string; stderr?: string; shortMessage?: string }): string {
    if (probe.code === "ENOENT") return "not found";
    return probe.stderr?.trimEnd().split("\n").at(-1) || probe.shortMessage || "does not start";
}

/** How to get a Python with venv on this system. */
function pythonResolution(): string {
    if (process.platform === "win32") return "install Python 3.8 or later, or set POOLNV_PYTHON to its python.exe";
    if (process.platform === "darwin") {
        return "run: brew install python3, or set POOLNV_PYTHON to a Python 3.8 or later";
    }
    return "run: apt-get install python3-venv (or your distribution's Python 3 with venv)";
}
