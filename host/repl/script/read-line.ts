import type { FailedMatchResult } from "ohm-js";
import { poolCommands } from "../commands.js";
import { lineGrammar } from "./grammar.js";
import { badScript, whatScriptsHold } from "./script-error.js";
import { columnOf, saidBy } from "./syntax-tree.js";
import type { Statement } from "./syntax.js";

/** The game's own compiler has no room for longer lines, either. */
const longestLine = 512;
/** Pairs of parentheses within one another: enough for any reader, and no strain for ours. */
const deepestParentheses = 32;

/**
 * Reads one line of a script.
 *
 * @throws UserError BAD_SCRIPT
 */
export function readLine(text: string, line: number): Statement {
    refuseExcess(text, line);
    const match = lineGrammar.match(text);
    if (match.failed()) {
        throw misread(text, line, match);
    }
    return { line, column: columnOf(text, text.search(/\S|$/)), ...saidBy(match) };
}

function refuseExcess(text: string, line: number): void {
    if (text.length > longestLine) {
        throw badScript(
            { line, column: longestLine + 1 },
            "the line goes on",
            `Keep lines to ${longestLine} characters.`,
        );
    }
    const opening = [...text.replace(/"[^"]*"|;.*/g, "")].filter((character) => character === "(").length;
    if (opening > deepestParentheses) {
        throw badScript(
            { line, column: columnOf(text, text.indexOf("(")) },
            `there are ${opening} opening parentheses in one line`,
            `Keep to ${deepestParentheses}: set a variable to a part of it first.`,
        );
    }
}

function misread(text: string, line: number, match: FailedMatchResult) {
    const start = text.search(/\S|$/);
    const [first = ""] = /^(?:\w+|\S)/.exec(text.slice(start)) ?? [];
    if (/^else\s+if\b/i.test(text.slice(start))) {
        return badScript({ line, column: columnOf(text, start) }, '"else if" is two words', "Write: elseif");
    }
    if (!beginnings.includes(first.toLowerCase())) {
        return badScript({ line, column: columnOf(text, start) }, `"${first}" begins no statement`, whatScriptsHold);
    }
    const index = match.getRightmostFailurePosition();
    const [found = ""] = /^\s*(?:\w+|"[^"]*"?|[^\w\s"]{1,2})/.exec(text.slice(index)) ?? [];
    const instead = found.trim() === "" ? "the line ends" : `there is ${found.trim()}`;
    return badScript(
        { line, column: columnOf(text, index) },
        `${match.getExpectedText().replace("end of input", "the end of the line")} is expected, but ${instead}`,
        whatScriptsHold,
    );
}

const beginnings = [
    ...["float", "int", "short", "set", "if", "elseif", "else", "endif", "printc"],
    ...poolCommands.map(({ name }) => name.toLowerCase()),
];
