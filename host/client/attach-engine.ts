import { type Engine, EngineError, type EngineSession, EngineTimeout } from "../frida/engine.js";
import { explain } from "../frida/known-errors/explain.js";
import { installerScript } from "./agent-scripts.js";
import { ProgramEnded } from "./program-ended.js";
import { translateErrors } from "./translate-errors.js";

/**
 * Attaches an engine to a program, with the installer script in it. What Windows says of a program that ends meanwhile is
 * the same as what it says of one that is protected: access denied. And sometimes Frida waits for one that has ended until
 * the time is over. So whether it still runs decides.
 *
 * @param pid as the engine knows it
 * @throws ProgramEnded if it ended meanwhile; EngineError
 */
export async function attachEngine(engine: Engine, pid: number): Promise<EngineSession> {
    try {
        return await engine.attach(pid, installerScript());
    } catch (error) {
        const isUnclear = error instanceof EngineTimeout || (error instanceof EngineError && !isAboutItsEnd(error));
        if (!isUnclear) throw error;
        if (await isListed(engine, pid)) throw error;
        throw new ProgramEnded("the program ended while Frida's agent was loaded", undefined, { cause: error });
    }
}

function isAboutItsEnd(error: EngineError): boolean {
    const code = explain(error)?.code;
    return code === "NO_SUCH_PROCESS" || code === "TARGET_GONE";
}

/** True if that can't be known. */
async function isListed(engine: Engine, pid: number): Promise<boolean> {
    try {
        return (await engine.enumerateProcesses()).some((running) => running.pid === pid);
    } catch {
        return true;
    }
}

/** Closes an engine if the work with it fails, and turns the errors of engines and agents into the user's. */
export async function closingOnFailure<T>(engine: Engine, work: () => Promise<T>): Promise<T> {
    try {
        return await translateErrors(work);
    } catch (error) {
        engine.close();
        throw error;
    }
}
