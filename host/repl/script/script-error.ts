import { UserError } from "../../errors.js";
import type { Position } from "./syntax.js";

/** The resolution of most errors in scripts. */
export const scriptSyntax =
    'A line is a comment (;), float|int|short NAME, set NAME to EXPRESSION, if, elseif, else, endif, PrintC "TEXT" VALUES, ' +
    "or a console command.";

/** An error in a script. The message begins with the position; {@link namingScript} adds the script's name. */
export function badScript({ line, column }: Position, message: string, resolution: string): UserError {
    return new UserError("BAD_SCRIPT", `line ${line}, column ${column}: ${message}.`, resolution);
}

/** Runs work on a named script, whose errors then begin with the name. */
export async function namingScript<T>(name: string, work: () => T | Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        throw error instanceof UserError && error.code === "BAD_SCRIPT"
            ? new UserError("BAD_SCRIPT", `${name}, ${error.message}`, error.resolution, { cause: error })
            : error;
    }
}
