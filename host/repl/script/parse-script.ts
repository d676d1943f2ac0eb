import { UserError } from "../../errors.js";
import { checkScript } from "./check-script.js";
import { nestBlocks } from "./nest-blocks.js";
import { readLine } from "./read-line.js";
import type { Script } from "./syntax.js";

/** Longest script, in characters. */
export const longestScript = 65_536;

/**
 * Parses and checks a diagnostic script, without touching any process.
 *
 * @throws UserError BAD_SCRIPT, with line and column
 */
export function parseScript(text: string): Script {
    if (text.length > longestScript) {
        throw new UserError(
            "BAD_SCRIPT",
            `longer than ${longestScript / 1024} KB.`,
            "Name the right file, or split the script.",
        );
    }
    const lines = text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/);
    const steps = nestBlocks(lines.map((line, index) => readLine(line, index + 1)));
    checkScript(steps);
    return { steps };
}
