import { UserError } from "../../errors.js";
import type { Position } from "./syntax.js";

/** What scripts are made of, for whoever wrote something else. */
export const whatScriptsHold =
    'A line is a comment (;), float|int|short NAME, set NAME to EXPRESSION, if, elseif, else, endif, PrintC "TEXT" VALUES, ' +
    "or a console command.";

/** A mistake in a script, at its place. The message begins with it: a reader of scripts adds the script's name. */
export function badScript({ line, column }: Position, message: string, resolution: string): UserError {
    return new UserError("BAD_SCRIPT", `line ${line}, column ${column}: ${message}.`, resolution);
}

/** Does something with a script that has a name, for the errors to begin with. */
export async function namingScript<T>(name: string, work: () => T | Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        throw error instanceof UserError && error.code === "BAD_SCRIPT"
            ? new UserError("BAD_SCRIPT", `${name}, ${error.message}`, error.resolution, { cause: error })
            : error;
    }
}
