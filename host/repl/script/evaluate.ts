import type { PoolClient } from "../../client/pool-client.js";
import { type CommandResult, parsePoolCommand, runParsed } from "../run-command.js";
import { atPosition } from "./check-script.js";
import { badScript } from "./script-error.js";
import type { Call, Expression, Operation, Operator } from "./syntax.js";
import type { Variables } from "./variables.js";

/** The environment of an expression. */
export interface Environment {
    readonly pool: PoolClient;
    readonly variables: Variables;
    /** Line of the script, for errors. */
    readonly line: number;
}

/**
 * Evaluates an expression. Both sides of `&&` and `||` are always evaluated, as in the game: a command in either runs.
 *
 * @throws UserError BAD_SCRIPT if there is no finite result, and the errors of the pool
 */
export async function evaluate(expression: Expression, environment: Environment): Promise<number> {
    switch (expression.kind) {
        case "number":
            return expression.value;
        case "negation":
            return -(await evaluate(expression.operand, environment));
        case "operation":
            return operate(
                expression,
                await evaluate(expression.left, environment),
                await evaluate(expression.right, environment),
                environment.line,
            );
        case "call":
            return (
                environment.variables.get(expression.name.text) ?? (await callCommand(expression, environment)).value
            );
    }
}

/** Runs a console command whose arguments may be variables. */
export async function callCommand(
    { name, args }: Call,
    { pool, variables, line }: Environment,
): Promise<CommandResult> {
    const texts = args.map(({ text }) => String(variables.get(text) ?? text));
    const parsed = atPosition(line, args[0]?.column ?? name.column, () =>
        parsePoolCommand([name.text, ...texts].join(" ")),
    );
    return runParsed(pool, parsed);
}

function operate({ operator, column }: Operation, left: number, right: number, line: number): number {
    if ((operator === "/" && right === 0) || (operator === "%" && Math.trunc(right) === 0)) {
        throw badScript({ line, column }, "division by zero", "Check first: if (NAME != 0)");
    }
    const value = operations[operator](left, right);
    if (!Number.isFinite(value)) {
        throw badScript({ line, column }, "the result is too large", "Use smaller numbers.");
    }
    return value;
}

const operations: Record<Operator, (left: number, right: number) => number> = {
    "||": (left, right) => Number(left !== 0 || right !== 0),
    "&&": (left, right) => Number(left !== 0 && right !== 0),
    "==": (left, right) => Number(left === right),
    "!=": (left, right) => Number(left !== right),
    "<": (left, right) => Number(left < right),
    "<=": (left, right) => Number(left <= right),
    ">": (left, right) => Number(left > right),
    ">=": (left, right) => Number(left >= right),
    "+": (left, right) => left + right,
    "-": (left, right) => left - right,
    "*": (left, right) => left * right,
    "/": (left, right) => left / right,
    // As in the game, the remainder is of whole numbers.
    "%": (left, right) => Math.trunc(left) % Math.trunc(right),
};
