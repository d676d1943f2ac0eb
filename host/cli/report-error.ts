import { ExitCode, UserError, userErrorExitCodes } from "../errors.js";
import type { Context } from "./context.js";
import { errorFields } from "./output.js";

/**
 * The one place that turns an error into output and an exit code. A {@link UserError} is printed in two lines; anything
 * else is our fault, which asks for a bug report. POOLNV_DEBUG=1 adds the stack.
 */
export function reportError(error: unknown, { io, output }: Pick<Context, "io" | "output">): ExitCode {
    if (io.env["POOLNV_DEBUG"] === "1") {
        output.debug(stackOf(error));
    }
    if (error instanceof UserError) {
        output.finalError(errorFields(error));
        return userErrorExitCodes[error.code];
    }
    output.finalError({
        code: "FAULT",
        message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
        resolution:
            "This is a bug in poolnv. Please report it with this message, the command line and what " +
            "POOLNV_DEBUG=1 adds.",
    });
    return ExitCode.Fault;
}

/** The stack of an error and those of its causes, outermost first. */
function stackOf(error: unknown): string {
    if (!(error instanceof Error)) {
        return String(error);
    }
    const own = error.stack ?? `${error.name}: ${error.message}`;
    return error.cause === undefined ? own : `${own}\ncaused by ${stackOf(error.cause)}`;
}
