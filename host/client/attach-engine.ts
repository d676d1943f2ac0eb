import { type Engine, EngineError, type EngineSession } from "../frida/engine.js";
import { explain } from "../frida/known-errors/explain.js";
import { sessionScript } from "./agent-scripts.js";
import { ProgramEnded } from "./program-ended.js";

/**
 * Attaches an engine to a program, with the session's agent in it. What Windows says of a program that ends meanwhile is
 * the same as what it says of one that is protected: access denied. So whether it still runs decides.
 *
 * @param pid as the engine knows it
 * @throws ProgramEnded if it ended meanwhile; EngineError
 */
export async function attachEngine(engine: Engine, pid: number): Promise<EngineSession> {
    try {
        return await engine.attach(pid, sessionScript());
    } catch (error) {
        if (!(error instanceof EngineError) || explain(error)?.code === "NO_SUCH_PROCESS") throw error;
        if (await isListed(engine, pid)) throw error;
        throw new ProgramEnded("the program ended while Frida's agent was loaded", undefined, { cause: error });
    }
}

/** True if that can't be known. */
async function isListed(engine: Engine, pid: number): Promise<boolean> {
    try {
        return (await engine.enumerateProcesses()).some((running) => running.pid === pid);
    } catch {
        return true;
    }
}
