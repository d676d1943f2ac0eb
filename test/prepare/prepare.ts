import { performance } from "node:perf_hooks";
import { pathToFileURL } from "node:url";
import { UserError } from "../../host/errors.js";
import { ensurePythonEnvironment } from "../../host/setup/python-environment.js";
import { ensureWindowsPython } from "../../host/setup/windows-python.js";
import { ensureChromium } from "./chromium.js";
import { ensureDebianPython } from "./debian-python.js";
import { type Environments, type Ready, type Unready, writeEnvironments } from "./environments.js";
import { ensureI386Libraries } from "./i386-libraries.js";
import { findI386Wrapper } from "./i386-wrapper.js";
import { provePrograms, proveWine } from "./proof.js";
import { ensureSanitizersI386 } from "./sanitizers-i386.js";
import { ensureTool, zigForMsvcrt, zigForUcrt } from "./test-tools.js";
import { ensureValkey } from "./valkey.js";
import { ensureWine } from "./wine.js";

const started = performance.now();

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await prepare();

/**
 * Prepares every environment that the test suites use and writes down which are ready. One that can't be had never
 * keeps another from being prepared. Repeating it costs a second at most.
 */
export async function prepare(): Promise<Environments> {
    const python = await attempt("python", preparePython);
    const i386 = await attempt("i386 libraries", () => ensureI386Libraries(report));
    // The compilers are busy with the processor while Wine is busy with the network and with its prefix.
    const [native, linuxI386, sanitizersI386, [win32Msvcrt, win32Ucrt], wine] = await Promise.all([
        attempt("native", async () => ({ compiler: await provePrograms("linux-x64", "cc", report) })),
        i386.ready ? attempt("linuxI386", () => prepareI386(i386)) : i386,
        attempt("sanitizersI386", async () => ({ options: await ensureSanitizersI386(report) })),
        prepareWindowsCompilers(),
        attempt("wine", () => ensureWine(report)),
    ]);
    const wineEngine = wine.ready ? await attempt("wine engine", () => prepareWineEngine(wine)) : wine;
    const debianPython = await attempt("Debian's Python", () => ensureDebianPython(report));
    const valkey = await attempt("valkey", async () => ({ server: await ensureValkey(report) }));
    const chromium = await attempt("Chromium", () => ensureChromium(report));
    const systems = { python, native, linuxI386, sanitizersI386, win32Msvcrt, win32Ucrt, wine: wineEngine };
    const environments = { ...systems, debianPython, valkey, chromium };
    await writeEnvironments(environments);
    for (const [name, environment] of Object.entries(environments)) tell(name, environment);
    return environments;
}

async function preparePython() {
    return { python: await ensurePythonEnvironment(report) };
}

async function prepareI386(libraries: { loader: string; libraries: string }) {
    await ensureTool(zigForUcrt, report);
    await provePrograms("linux-i386", zigForUcrt.folder, report);
    return { ...libraries, wrapper: await findI386Wrapper() };
}

async function prepareWindowsCompilers() {
    const msvcrt = await attempt("win32Msvcrt", async () => {
        await ensureTool(zigForMsvcrt, report);
        return { compiler: await provePrograms("win32-msvcrt", zigForMsvcrt.folder, report) };
    });
    const ucrt = await attempt("win32Ucrt", async () => {
        await ensureTool(zigForUcrt, report);
        return { compiler: await provePrograms("win32-ucrt", zigForUcrt.folder, report) };
    });
    return [msvcrt, ucrt] as const;
}

async function prepareWineEngine({ wine, prefix }: { wine: string; prefix: string }) {
    const windowsPython = await ensureWindowsPython(report);
    await proveWine({ wine, windowsPython }, report);
    return { wine, prefix, windowsPython };
}

async function attempt<Facts>(name: string, work: () => Promise<Facts>): Promise<Ready<Facts> | Unready> {
    try {
        return { ready: true, ...(await work()) };
    } catch (error) {
        if (error instanceof UserError) return { ready: false, reason: error.message, remedy: error.resolution };
        return { ready: false, reason: `${name}: ${String(error)}`, remedy: "report this with the lines above" };
    }
}

function tell(name: string, environment: { ready: true } | Unready): void {
    report(environment.ready ? `${name}: ready` : `${name}: not ready. ${environment.reason}. ${environment.remedy}`);
}

function report(line: string): void {
    console.error(`[${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s] ${line}`);
}
