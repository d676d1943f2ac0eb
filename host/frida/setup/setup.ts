import { UserError } from "../../errors.js";
import type { EngineChoice, EngineKind } from "../engine-choice.js";
import { ensureBinding } from "./binding.js";
import { findWine } from "./find-wine.js";
import { nativeFrida, npmFrida, wineFrida } from "./pins.js";
import { ensurePythonEnvironment, findPythonEnvironment } from "./python-environment.js";
import type { Report } from "./report.js";
import { ensureWindowsPython, findWindowsPython } from "./windows-python.js";

/** An engine that is ready for use. */
export interface PreparedEngine {
    /** Which one. */
    readonly engine: EngineKind;
    /** Its private interpreter, or the package. */
    readonly path: string;
    /** Of Frida. */
    readonly version: string;
    /** False when it was ready before. */
    readonly changed: boolean;
}

/**
 * Prepares an engine. Does nothing where it is ready, and takes up where a killed run left off.
 *
 * @param choice `auto`: the Python engine and, where Wine is found, the engine for programs under it
 * @param report told each step
 * @throws UserError NO_ENGINE when something that must be installed first is missing, SETUP_FAILED when a step fails
 */
export async function setupEngine(choice: EngineChoice, report: Report): Promise<PreparedEngine[]> {
    switch (choice) {
        case "binding":
            return [await setupBinding(report)];
        case "python":
            return [await setupPython(report)];
        case "wine":
            return [await setupWine(report)];
        case "auto":
            return findWine() === null
                ? [await setupPython(report)]
                : [await setupPython(report), await setupWine(report)];
    }
}

async function setupBinding(report: Report): Promise<PreparedEngine> {
    const changed = await ensureBinding(report);
    return { engine: "binding", path: npmFrida.name, version: npmFrida.version, changed };
}

async function setupPython(report: Report): Promise<PreparedEngine> {
    const changed = findPythonEnvironment() === null;
    const path = await ensurePythonEnvironment(report);
    return { engine: "python", path, version: nativeFrida.version, changed };
}

async function setupWine(report: Report): Promise<PreparedEngine> {
    if (findWine() === null) {
        const resolution = "install a Wine that runs 32-bit programs, or set POOLNV_WINE to its loader";
        throw new UserError("NO_ENGINE", "there is no Wine on this system", resolution);
    }
    const changed = findWindowsPython() === null;
    const path = await ensureWindowsPython(report);
    return { engine: "wine", path, version: wineFrida.version, changed };
}
