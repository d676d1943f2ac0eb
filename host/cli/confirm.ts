import { createInterface } from "node:readline/promises";

import { UserError } from "../errors.js";
import type { Context } from "./context.js";

/**
 * Asks a person before something is changed. Ctrl-C and end of file are a no.
 *
 * @param yes whether the answer is on the command line
 * @throws UserError NOT_CONFIRMED where nobody can be asked
 */
export async function confirm(question: string, yes: boolean, { io, output }: Context): Promise<boolean> {
    if (yes) return true;
    if (io.stdin.isTTY !== true || output.json)
        throw new UserError(
            "NOT_CONFIRMED",
            output.json
                ? "With --json nobody is asked, and nothing was changed."
                : "Standard input is no terminal, so nobody can be asked, and nothing was changed.",
            "To do it without being asked, add: --yes",
        );
    const lines = createInterface({ input: io.stdin, output: io.stderr, terminal: true });
    const left = new AbortController();
    lines.once("close", () => left.abort());
    try {
        return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `, { signal: left.signal })).trim());
    } catch (error) {
        if (left.signal.aborted) return false;
        throw error;
    } finally {
        lines.close();
    }
}
