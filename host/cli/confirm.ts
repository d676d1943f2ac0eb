import { createInterface } from "node:readline/promises";
import { UserError } from "../errors.js";
import type { Context } from "./context.js";
import { flag } from "./options/typed-options.js";

/** Answers {@link confirm} on the command line. */
export const yesOption = { yes: flag("do not ask") } as const;

/**
 * Asks the user before something is changed. Ctrl-C and end of file are a no.
 *
 * @param yes whether `--yes` was given
 * @throws UserError NOT_CONFIRMED if there is no terminal to ask on
 */
export async function confirm(question: string, yes: boolean, { io, output }: Context): Promise<boolean> {
    if (yes) return true;
    if (io.stdin.isTTY !== true || output.json) {
        throw new UserError(
            "NOT_CONFIRMED",
            output.json
                ? "With --json no question is asked, and nothing was changed."
                : "Standard input is not a terminal to ask on, and nothing was changed.",
            "To do it without a question, add: --yes",
        );
    }
    const lines = createInterface({ input: io.stdin, output: io.stderr, terminal: true });
    const closed = new AbortController();
    lines.once("close", () => closed.abort());
    try {
        return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `, { signal: closed.signal })).trim());
    } catch (error) {
        if (closed.signal.aborted) return false;
        throw error;
    } finally {
        lines.close();
    }
}
