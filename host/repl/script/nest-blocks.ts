import type { Branch, Step } from "./script.js";
import { badScript } from "./script-error.js";
import type { Expression, Position, Statement } from "./syntax.js";

/** Enough for any reader, and no strain for whoever follows the tree. */
const deepestNesting = 32;

/**
 * Puts what stands between `if` and `endif` into branches.
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
                begin(innermost, statement).branches.push(branch(statement, statement.condition));
                break;
            case "else":
                begin(innermost, statement).branches.push(branch(statement, null));
                break;
            case "endif": {
                const { line, column, branches } = open.pop() ?? refuseStray(statement);
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
    if (unclosed !== undefined) throw badScript(unclosed, "this if has no endif", "Write endif behind its last line.");
    return top;
}

type OpenChoice = Position & { branches: (Branch & { steps: Step[] })[] };

function branch(at: Position, condition: Expression | null): Branch & { steps: Step[] } {
    return { ...place(at), condition, steps: [] };
}

function place({ line, column }: Position): Position {
    return { line, column };
}

/** The choice that a further branch belongs to. */
function begin(innermost: OpenChoice | undefined, statement: Statement): OpenChoice {
    if (innermost === undefined) return refuseStray(statement);
    if (innermost.branches.at(-1)?.condition === null) {
        throw badScript(statement, `${statement.kind} stands behind else`, "Put else last, just once before endif.");
    }
    return innermost;
}

function bodyOf(open: readonly OpenChoice[], top: Step[]): Step[] {
    return open.at(-1)?.branches.at(-1)?.steps ?? top;
}

function refuseStray(statement: Statement): never {
    throw badScript(
        statement,
        `there is no if for this ${statement.kind}`,
        "Write if (EXPRESSION) before it, or take it away.",
    );
}

function tooDeep(at: Position) {
    return badScript(
        at,
        `more than ${deepestNesting} ifs stand in one another`,
        "Join conditions with &&, or split the script.",
    );
}
