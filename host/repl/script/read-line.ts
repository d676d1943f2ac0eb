import type { FailedMatchResult } from "ohm-js";
import { poolCommands } from "../commands.js";
import { lineGrammar } from "./grammar.js";
import { badScript, scriptSyntax } from "./script-error.js";
import type { Statement } from "./syntax.js";
import { columnOf, statementOf } from "./syntax-tree.js";

/** The limit of the game's own compiler. */
const longestLine = 512;
/** Opening parentheses in one line; bounds the recursion of the parser. */
const deepestParentheses = 32;

/**
 * Parses one line of a script.
 *
 * @throws UserError BAD_SCRIPT
 */
export function readLine(text: string, line: number): Statement {
    checkLimits(text, line);
    const match = lineGrammar.match(text);
    if (match.failed()) {
        throw syntaxError(text, line, match);
    }
    return { line, column: columnOf(text, text.search(/\S|$/)), ...statementOf(match) };
}

function checkLimits(text: string, line: number): void {
    if (text.length > longestLine) {
        throw badScript(
            { line, column: longestLine + 1 },
            "the line is too long",
            `Keep lines to ${longestLine} characters.`,
        );
    }
    const opening = [...text.replace(/"[^"]*"|;.*/g, "")].filter((character) => character === "(").length;
    if (opening > deepestParentheses) {
        throw badScript(
            { line, column: columnOf(text, text.indexOf("(")) },
            `${opening} opening parentheses in one line`,
            `Use at most ${deepestParentheses}: assign a part to a variable first.`,
        );
    }
}

function syntaxError(text: string, line: number, match: FailedMatchResult) {
    const start = text.search(/\S|$/);
    const [first = ""] = /^(?:\w+|\S)/.exec(text.slice(start)) ?? [];
    if (/^else\s+if\b/i.test(text.slice(start))) {
        return badScript({ line, column: columnOf(text, start) }, '"else if" is two words', "Write: elseif");
    }
    if (!firstWords.includes(first.toLowerCase())) {
        return badScript({ line, column: columnOf(text, start) }, `"${first}" is not a statement`, scriptSyntax);
    }
    const index = match.getRightmostFailurePosition();
    const [found = ""] = /^\s*(?:\w+|"[^"]*"?|[^\w\s"]{1,2})/.exec(text.slice(index)) ?? [];
    const instead = found.trim() === "" ? "the line ends" : `found ${found.trim()}`;
    return badScript(
        { line, column: columnOf(text, index) },
        `expected ${match.getExpectedText().replace("end of input", "the end of the line")}, but ${instead}`,
        scriptSyntax,
    );
}

const firstWords = [
    ...["float", "int", "short", "set", "if", "elseif", "else", "endif", "printc"],
    ...poolCommands.map(({ name }) => name.toLowerCase()),
];
