import { UserError } from "../../errors.js";
import { nearest } from "../../text/words.js";
import { poolCommands } from "../commands.js";
import { checkArgument, checkArgumentCount, commandNamed } from "../parse-line.js";
import { FormatError, parseFormat } from "./format.js";
import { badScript, scriptSyntax } from "./script-error.js";
import type { Call, Name, PrintedValue, Step, Text } from "./syntax.js";

/**
 * Checks all of a script before anything runs, so that a script with an error has no effect.
 *
 * @throws UserError BAD_SCRIPT
 */
export function checkScript(steps: readonly Step[]): void {
    checkSteps(steps, new Set());
}

/** Names of the variables declared so far, in lower case. */
type Declared = Set<string>;

function checkSteps(steps: readonly Step[], declared: Declared): void {
    for (const step of steps) {
        switch (step.kind) {
            case "declaration":
                declare(step.name, step.line, declared);
                break;
            case "assignment":
                checkVariable(step.name, step.line, declared);
                checkValue(step.value, step.line, declared);
                break;
            case "print":
                checkPrint(step.format, step.values, step.line, declared);
                break;
            case "command":
                checkCommand(step.call, step.line, declared);
                break;
            case "choice":
                for (const { condition, steps: inner, line } of step.branches) {
                    if (condition !== null) checkValue(condition, line, declared);
                    checkSteps(inner, declared);
                }
        }
    }
}

function declare({ text, column }: Name, line: number, declared: Declared): void {
    if (declared.has(text.toLowerCase())) {
        throw badScript({ line, column }, `${text} is declared already`, "Remove one of the two declarations.");
    }
    if (commandNamed(text, poolCommands) !== undefined) {
        throw badScript({ line, column }, `${text} is a console command`, "Give the variable another name.");
    }
    declared.add(text.toLowerCase());
}

function checkVariable({ text, column }: Name, line: number, declared: Declared): void {
    if (declared.has(text.toLowerCase())) return;
    const meant = nearest(text, [...declared]);
    throw badScript(
        { line, column },
        `there is no variable ${text}`,
        `${meant === undefined ? "" : `Did you mean ${meant}? `}A variable is declared above its use: float ${text}`,
    );
}

function checkValue(value: PrintedValue, line: number, declared: Declared): void {
    switch (value.kind) {
        case "text":
        case "number":
            return;
        case "negation":
            checkValue(value.operand, line, declared);
            return;
        case "operation":
            checkValue(value.left, line, declared);
            checkValue(value.right, line, declared);
            return;
        case "call":
            checkCall(value, line, declared);
    }
}

/** A variable, or a command as a value. */
function checkCall(call: Call, line: number, declared: Declared): void {
    const { text } = call.name;
    const [first] = call.args;
    if (!declared.has(text.toLowerCase())) {
        checkCommand(call, line, declared);
    } else if (first !== undefined) {
        throw badScript(
            { line, column: first.column },
            `${text} is a variable, and ${first.text} follows it`,
            "Put an operator between the two.",
        );
    }
}

function checkCommand({ name, args }: Call, line: number, declared: Declared): void {
    const command = commandNamed(name.text, poolCommands);
    if (command === undefined) throw unknownName(name, line, declared);
    atPosition(line, name.column, () =>
        checkArgumentCount(
            command,
            args.map(({ text }) => text),
        ),
    );
    args.forEach((arg, index) => {
        if (arg.kind === "name") checkVariable(arg, line, declared);
        else atPosition(line, arg.column, () => checkArgument(command, index, arg.text));
    });
}

function checkPrint(format: Text, values: readonly PrintedValue[], line: number, declared: Declared): void {
    const placeholders = placeholdersOf(format, line);
    if (placeholders.length !== values.length) {
        throw badScript(
            { line, column: format.column - 1 },
            `the text takes ${placeholders.length} values, but ${values.length} are given`,
            "Write a value for each of %f, %g, %d and %s, and %% for a percent sign.",
        );
    }
    values.forEach((value, index) => {
        checkValue(value, line, declared);
        if (value.kind === "text" && placeholders[index]!.conversion !== "s") {
            throw badScript(
                { line, column: value.column - 1 },
                "a text for a numeric placeholder",
                "Write %s for it, or a number.",
            );
        }
    });
}

function placeholdersOf({ text, column }: Text, line: number) {
    try {
        return parseFormat(text).filter((part) => typeof part !== "string");
    } catch (fault) {
        if (!(fault instanceof FormatError)) throw fault;
        const at = { line, column: column + [...text.slice(0, fault.index)].length };
        throw badScript(at, fault.message, "Write %.2f, %g, %d or %s, and %% for a percent sign.");
    }
}

function unknownName({ text, column }: Name, line: number, declared: Declared): UserError {
    if (declared.has(text.toLowerCase())) {
        return badScript(
            { line, column },
            `${text} is a variable, not a statement`,
            `Write: set ${text} to EXPRESSION`,
        );
    }
    const meant = nearest(text, [...declared, ...poolCommands.map(({ name }) => name)]);
    return badScript(
        { line, column },
        `"${text}" is neither a variable nor a console command`,
        meant === undefined
            ? scriptSyntax
            : `Did you mean ${meant}? A variable is declared above its use: float ${text}`,
    );
}

/** Turns a usage error of the console into an error at a position of the script. */
export function atPosition<T>(line: number, column: number, work: () => T): T {
    try {
        return work();
    } catch (error) {
        throw error instanceof UserError && error.code === "USAGE"
            ? badScript({ line, column }, error.message.replace(/\.$/, ""), error.resolution)
            : error;
    }
}
