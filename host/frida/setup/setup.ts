import { UserError } from "../../errors.js";
import { findWine } from "../../process/wine.js";
import type { EngineChoice, EngineKind } from "../engine.js";
import { ensureBinding } from "./binding.js";
import { nativeFrida, npmFrida, wineFrida } from "./pins.js";
import { ensurePythonEnvironment, findPythonEnvironment } from "./python-environment.js";
import type { Report } from "./run-step.js";
import { ensureWindowsPython, findWindowsPython } from "./windows-python.js";

/** An engine that is ready for use. */
export interface PreparedEngine {
    /** Its kind. */
    readonly engine: EngineKind;
    /** Path of its private interpreter or its folder; for the binding, the name of the npm package. */
    readonly path: string;
    /** Version of Frida. */
    readonly version: string;
    /** False if it was ready before. */
    readonly changed: boolean;
}

/**
 * Prepares an engine. Does nothing if it is ready; after a run that was killed, it starts from the last complete part.
 *
 * @param choice `auto`: the Python engine and, if Wine is found, the engine for programs under it; on Windows the npm binding,
 *     and the Python engine only if that can't be had
 * @param report receives a line of progress for each step
 * @throws UserError NO_ENGINE if something that must be installed first is missing, SETUP_FAILED if a step fails
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
            if (process.platform === "win32") return [await setupOnWindows(report)];
            return findWine() === null
                ? [await setupPython(report)]
                : [await setupPython(report), await setupWine(report)];
    }
}

/** The binding needs no second runtime; Python if it can't be had. */
async function setupOnWindows(report: Report): Promise<PreparedEngine> {
    try {
        return await setupBinding(report);
    } catch (error) {
        if (!(error instanceof UserError)) throw error;
        report(`${error.message}; the Python engine is prepared instead`);
        return setupPython(report);
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
