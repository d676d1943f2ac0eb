import { adviceFor } from "../../shared/games/index.js";
import type { AgentErrorCode } from "../../shared/protocol/errors.js";
import { type ErrorDetail, UserError, type UserErrorCode } from "../errors.js";
import { AgentRefusal, EngineError, EngineTimeout, WorkerDied } from "../frida/engine.js";
import { explain } from "../frida/known-errors/explain.js";
import { ProgramEnded } from "./program-ended.js";
import { byteMismatches, forgedPool, forgedPoolResolution } from "./replies.js";

/** Runs work on an engine and turns the errors of engines and agents into the user's errors, each with its resolution. */
export async function translateErrors<T>(work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        throw translate(error);
    }
}

function translate(error: unknown): unknown {
    if (error instanceof AgentRefusal) return fromAgent(error);
    if (error instanceof EngineError) return fromEngine(error);
    if (error instanceof WorkerDied) {
        return new UserError(
            "ENGINE_DIED",
            error.message,
            "If the program still runs, it is unchanged: attach again.",
            { cause: error },
        );
    }
    if (error instanceof EngineTimeout) {
        return new UserError(
            "NOT_ANSWERING",
            error.message,
            "It is stopped, hangs or is very busy. Resume it (a debugger, or kill -CONT) or restart it; then attach again.",
            { cause: error },
        );
    }
    return error;
}

function fromEngine(error: EngineError): unknown {
    const { fridaName: name, message } = error;
    if (name === "InvalidAnswer") return forgedPool(message);
    if (name === "ProgramBusy") {
        return new UserError(
            "NOT_ANSWERING",
            message,
            "Wait until it is done, and try again; if it stays so, restart the program.",
            { cause: error },
        );
    }
    const known = explain(error);
    if (known === null) return error;
    if (known.code === "TARGET_GONE") return new ProgramEnded(known.message, known.resolution, { cause: error });
    return new UserError(known.code, known.message, known.resolution, { cause: error });
}

function fromAgent(refusal: AgentRefusal): unknown {
    if (refusal.code === "ALREADY_INSTALLED") {
        return new UserError("THREADS_WOULD_NOT_STOP", refusal.message, "Attach again to open its console.");
    }
    if (refusal.code !== "INTERNAL") {
        if (!isKnown(refusal.code)) return forgedPool("refused with an unknown code", { cause: refusal });
        const [code, usual] = refusals[refusal.code];
        const resolution = adviceFor(refusal.message) ?? usual;
        return new UserError(code, refusal.message, resolution, { cause: refusal, details: mismatchesOf(refusal) });
    }
    const fault = new Error(`the agent failed: ${refusal.message}`, { cause: refusal });
    if (refusal.agentStack !== undefined) fault.stack = `${fault.message}\n${refusal.agentStack}`;
    return fault;
}

/** The rows of a GAME_CHANGED refusal, if they are valid. */
function mismatchesOf({ mismatches }: AgentRefusal): ErrorDetail[] {
    return byteMismatches.safeParse(mismatches).data ?? [];
}

function isKnown(code: string): code is keyof typeof refusals {
    return Object.hasOwn(refusals, code);
}

const refusals: Record<Exclude<AgentErrorCode, "INTERNAL" | "ALREADY_INSTALLED">, [UserErrorCode, string]> = {
    NO_KNOWN_RUNTIME: [
        "NO_KNOWN_RUNTIME",
        "poolnv supports programs that use the system's C library, msvcrt.dll or ucrtbase.dll; this one uses none.",
    ],
    NO_ROOM: ["NO_ROOM", "Attach right after the program has started, or request less: --pool-size 512"],
    NO_EXTRA_PATCHES: ["NO_SUCH_LAYER", "Turn extra_patches off (--extra-patches off)."],
    NO_SUCH_LAYER: ["NO_SUCH_LAYER", "Name a layer that it has: --layers crt"],
    UNKNOWN_GAME_VERSION: [
        "UNKNOWN_GAME_VERSION",
        "Update the game to a version that poolnv knows, or run it without poolnv.",
    ],
    GAME_CHANGED: [
        "GAME_CHANGED",
        "Another mod has changed them: start the game without it, or leave out what they belong to (--layers, --extra-patches).",
    ],
    GAME_PROTECTED: ["GAME_PROTECTED", "Start the game first, and attach as soon as its window is there."],
    OTHER_REPLACER: ["OTHER_REPLACER", "Use one heap replacer only: disable that one, or run the game without poolnv."],
    UNHOOKABLE: ["UNHOOKABLE", "Another tool may have hooked them first: start the program without it."],
    UNSUPPORTED_PLATFORM: ["UNSUPPORTED_PLATFORM", "See the list of supported targets in README."],
    LOG_NOT_WRITABLE: ["LOG_NOT_WRITABLE", "Name a file in a folder that the program may write to: --log FILE"],
    NO_GAME_CONSOLE: [
        "NO_GAME_CONSOLE",
        "It works in a game that poolnv knows, installed with game_console = on, if no other mod has hooked the frame.",
    ],
    MAIN_THREAD_QUEUE_FULL: [
        "NOT_ANSWERING",
        "Bring its window to the front: in the background it runs no frames. Then try again.",
    ],
    NO_POOL: ["NO_POOL", "Install one first: poolnv attach <process> --detach"],
    FOREIGN_VERSION: ["FOREIGN_VERSION", "Use the poolnv that installed it, or restart the program."],
    FORGED_POOL: ["FORGED_POOL", forgedPoolResolution],
    THREADS_WOULD_NOT_STOP: ["THREADS_WOULD_NOT_STOP", "Try again; the program was not changed."],
    SUSPENSION_DENIED: [
        "THREADS_WOULD_NOT_STOP",
        "Detach the debugger, or start the program without the sandbox, then attach again; the program was not changed.",
    ],
};
