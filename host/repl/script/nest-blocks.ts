import { badScript } from "./script-error.js";
import type { Branch, Expression, Position, Statement, Step } from "./syntax.js";

/** Bounds the recursion of the interpreter. */
const deepestNesting = 32;

/**
 * Nests the statements between `if` and `endif` into branches.
 *
 * @throws UserError BAD_SCRIPT
 */
export function nestBlocks(statements: readonly Statement[]): readonly Step[] {
    const top: Step[] = [];
    const open: OpenChoice[] = [];
    for (const statement of statements) {
        const innermost = open.at(-1);
        switch (statement.kind) {
            case "nothing":
                break;
            case "if":
                if (open.length >= deepestNesting) throw tooDeep(statement);
                open.push({ ...place(statement), branches: [branch(statement, statement.condition)] });
                break;
            case "elseif":
                openChoice(innermost, statement).branches.push(branch(statement, statement.condition));
                break;
            case "else":
                openChoice(innermost, statement).branches.push(branch(statement, null));
                break;
            case "endif": {
                const { line, column, branches } = open.pop() ?? refuseUnmatched(statement);
                bodyOf(open, top).push({ kind: "choice", line, column, branches });
                break;
            }
            case "declaration":
            case "assignment":
            case "print":
            case "command":
                bodyOf(open, top).push(statement);
        }
    }
    const unclosed = open.at(-1);
    if (unclosed !== undefined) throw badScript(unclosed, "this if has no endif", "Write endif after its last line.");
    return top;
}

type OpenChoice = Position & { branches: (Branch & { steps: Step[] })[] };

function branch(at: Position, condition: Expression | null): Branch & { steps: Step[] } {
    return { ...place(at), condition, steps: [] };
}

function place({ line, column }: Position): Position {
    return { line, column };
}

/** The choice that `elseif` or `else` adds a branch to. */
function openChoice(innermost: OpenChoice | undefined, statement: Statement): OpenChoice {
    if (innermost === undefined) return refuseUnmatched(statement);
    if (innermost.branches.at(-1)?.condition === null) {
        throw badScript(statement, `${statement.kind} after else`, "Put else last, once, before endif.");
    }
    return innermost;
}

function bodyOf(open: readonly OpenChoice[], top: Step[]): Step[] {
    return open.at(-1)?.branches.at(-1)?.steps ?? top;
}

function refuseUnmatched(statement: Statement): never {
    throw badScript(statement, `no if for this ${statement.kind}`, "Write if (EXPRESSION) before it, or remove it.");
}

function tooDeep(at: Position) {
    return badScript(at, `more than ${deepestNesting} nested ifs`, "Join conditions with &&, or split the script.");
}
