import type { MemoryPool } from "../../client/memory-pool.js";
import { type CommandResult, parsePoolCommand, runParsed } from "../run-command.js";
import { within } from "./check-script.js";
import { badScript } from "./script-error.js";
import type { Call, Expression, Operation, Operator } from "./syntax.js";
import type { Variables } from "./variables.js";

/** What an expression is evaluated in. */
export interface Surroundings {
    readonly pool: MemoryPool;
    readonly variables: Variables;
    /** Of the script, for errors to name. */
    readonly line: number;
}

/**
 * The number that an expression stands for. Both sides of `&&` and `||` are always evaluated, as the game does: a command
 * in either runs.
 *
 * @throws UserError BAD_SCRIPT where there is no such number, and whatever the pool answers with
 */
export async function evaluate(expression: Expression, around: Surroundings): Promise<number> {
    switch (expression.kind) {
        case "number":
            return expression.value;
        case "negation":
            return -(await evaluate(expression.operand, around));
        case "operation":
            return operate(
                expression,
                await evaluate(expression.left, around),
                await evaluate(expression.right, around),
                around.line,
            );
        case "call":
            return around.variables.get(expression.name.text) ?? (await callCommand(expression, around)).value;
    }
}

/** Runs a console command whose arguments may be variables. */
export async function callCommand(
    { name, args }: Call,
    { pool, variables, line }: Surroundings,
): Promise<CommandResult> {
    const words = args.map(({ text }) => String(variables.get(text) ?? text));
    const parsed = within(line, args[0]?.column ?? name.column, () =>
        parsePoolCommand([name.text, ...words].join(" ")),
    );
    return runParsed(pool, parsed);
}

function operate({ operator, column }: Operation, left: number, right: number, line: number): number {
    if ((operator === "/" && right === 0) || (operator === "%" && Math.trunc(right) === 0)) {
        throw badScript({ line, column }, "this divides by zero", "Ask before: if (NAME != 0)");
    }
    const value = operations[operator](left, right);
    if (!Number.isFinite(value)) {
        throw badScript({ line, column }, "the result is too large for a number", "Use smaller numbers.");
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
    // The game's remainder knows whole numbers only.
    "%": (left, right) => Math.trunc(left) % Math.trunc(right),
};
