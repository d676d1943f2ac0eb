import { AgentRefusal, WorkerDied, EngineError, EngineTimeout } from "../frida/engine.js";
import { type ErrorDetail, UserError, type UserErrorCode } from "../errors.js";
import type { AgentErrorCode } from "../../shared/protocol.js";
import { byteMismatches, forgedPool, forgedPoolResolution } from "./replies.js";

/** Runs work on an engine and turns what engines and agents throw into the user's errors, each with its resolution. */
export async function translateErrors<T>(work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        throw translate(error);
    }
}

function translate(error: unknown): unknown {
    if (error instanceof AgentRefusal) return fromAgent(error);
    if (error instanceof WorkerDied)
        return new UserError(
            "ENGINE_DIED",
            error.message,
            "If the program still runs, it is as it was: attach again.",
            {
                cause: error,
            },
        );
    if (error instanceof EngineTimeout)
        return new UserError("NOT_ANSWERING", error.message, notAnsweringResolution, { cause: error });
    if (error instanceof EngineError && error.fridaName === "InvalidAnswer") return forgedPool(error.message);
    if (error instanceof EngineError) return fromFrida(error);
    return error;
}

const notAnsweringResolution =
    "It is stopped, hangs or is very busy. Let it go on (a debugger, or kill -CONT) or restart it; then attach again.";

/** Names of Frida's errors as its wheel and its binding give them; the binding says the same in its message only. */
function fromFrida(error: EngineError): unknown {
    const { fridaName, message } = error;
    const options = { cause: error };
    const is = (name: string, words: RegExp): boolean => fridaName === name || words.test(message);
    if (/failed to execute child process/i.test(message))
        return new UserError(
            "NO_ENGINE",
            "frida can't start its 32-bit half, which attaching to a 32-bit program takes: the system has no 32-bit loader",
            "Install it: apt-get install libc6-i386 (Debian, Ubuntu), glibc.i686 (Fedora), lib32-glibc (Arch)",
            options,
        );
    if (is("ExecutableNotSupportedError", /unable to parse executable/i))
        return new UserError(
            "NO_SUCH_PROGRAM",
            message,
            "A script can't be launched by itself: name its interpreter, for example: poolnv launch -- perl script.pl",
            options,
        );
    if (fridaName === "ProgramBusy")
        return new UserError(
            "NOT_ANSWERING",
            message,
            "Wait until it is done, and try again; if it stays so, restart the program.",
            options,
        );
    if (is("ProcessNotFoundError", /unable to find process/i))
        return new UserError("NO_SUCH_PROCESS", message, "Start the program first.", options);
    if (is("PermissionDeniedError", /permission|access denied|not permitted/i))
        return new UserError(
            "ACCESS_DENIED",
            message,
            "Run poolnv as the user who owns the program, or with the rights to debug it.",
            options,
        );
    if (is("ExecutableNotFoundError", /unable to find executable/i))
        return new UserError("NO_SUCH_PROGRAM", message, "Check the path.", options);
    if (is("ProcessNotRespondingError", /not responding|refused to load frida-agent|terminated during injection/i))
        return new UserError("TARGET_GONE", message, "Check that the program still runs and is not stopped.", options);
    if (is("InvalidOperationError", /script has been destroyed|session is gone|detached/i))
        return new UserError("TARGET_GONE", "the program has ended", "Start it again.", options);
    return error;
}

type ToldCode = Exclude<AgentErrorCode, "INTERNAL" | "ALREADY_INSTALLED">;

const refusals: Record<ToldCode, [UserErrorCode, string]> = {
    NO_KNOWN_RUNTIME: [
        "NO_KNOWN_RUNTIME",
        "poolnv serves programs that use the system's C library, msvcrt.dll or ucrtbase.dll; this one does not.",
    ],
    NO_ROOM: ["NO_ROOM", "Attach right after the program has started, or ask for less: --pool-size 512"],
    NO_EXTRA_PATCHES: ["NO_SUCH_LAYER", "Leave extra_patches off (--extra-patches off)."],
    NO_SUCH_LAYER: ["NO_SUCH_LAYER", "Name a layer that it has: --layers crt"],
    UNKNOWN_GAME_VERSION: [
        "UNKNOWN_GAME_VERSION",
        "Bring the game to a version that poolnv knows, or run it without poolnv.",
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
        "It works in a game that poolnv knows, installed with game_console = on, where no other mod has hooked the frame.",
    ],
    MAIN_THREAD_QUEUE_FULL: [
        "NOT_ANSWERING",
        "Bring its window to the front: it stands still in the background. Then try again.",
    ],
    NO_POOL: ["NO_POOL", "Put one under it first: poolnv attach <process> --detach"],
    FOREIGN_VERSION: ["FOREIGN_VERSION", "Use the poolnv that installed it, or restart the program."],
    FORGED_POOL: ["FORGED_POOL", forgedPoolResolution],
    THREADS_WOULD_NOT_STOP: ["THREADS_WOULD_NOT_STOP", "Try again; the program was not changed."],
};

function fromAgent(refusal: AgentRefusal): unknown {
    if (refusal.code === "ALREADY_INSTALLED")
        return new UserError("THREADS_WOULD_NOT_STOP", refusal.message, "Attach again to open its console.");
    if (refusal.code !== "INTERNAL") {
        if (!isTold(refusal.code)) return forgedPool("refused for a reason that no pool has", { cause: refusal });
        const [code, resolution] = refusals[refusal.code];
        return new UserError(code, refusal.message, resolution, { cause: refusal, details: mismatchesOf(refusal) });
    }
    const fault = new Error(`the agent failed: ${refusal.message}`, { cause: refusal });
    if (refusal.agentStack !== undefined) fault.stack = `${fault.message}\n${refusal.agentStack}`;
    return fault;
}

/** What an agent says of the bytes of a game: a table, if it can be one. */
function mismatchesOf({ mismatches }: AgentRefusal): ErrorDetail[] {
    return byteMismatches.safeParse(mismatches).data ?? [];
}

function isTold(code: string): code is ToldCode {
    return Object.hasOwn(refusals, code);
}
