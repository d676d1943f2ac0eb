import { printable } from "../../../shared/printable.js";
import type { PoolClient } from "../../client/pool-client.js";
import { type CommandResult, resultDocument, resultLines } from "../run-command.js";
import { callCommand, type Environment, evaluate } from "./evaluate.js";
import { formatValue, parseFormat } from "./format.js";
import { parseScript } from "./parse-script.js";
import type { Branch, PrintedValue, Script, Step } from "./syntax.js";
import { Variables } from "./variables.js";

/** The result of a script. */
export interface ScriptReport {
    /** Printed lines, in order. */
    printed: string[];
    /** Values of the variables at the end, by name. */
    variables: Record<string, number>;
    /** Results of the console commands that are statements. */
    results: CommandResult[];
}

/**
 * Runs a diagnostic script. All of it is checked before anything runs. There are no loops, so it ends.
 *
 * @param text the script, up to 65,536 characters
 * @param onPrint called with each line when it is printed
 * @throws UserError BAD_SCRIPT with line and column, and the errors of the pool
 */
export async function runScript(
    pool: PoolClient,
    text: string,
    onPrint: (line: string) => void = () => {},
): Promise<ScriptReport> {
    return runParsedScript(pool, parseScript(text), onPrint);
}

/** The result of a script as JSON. */
export function scriptDocument({ printed, variables, results }: ScriptReport): object {
    return { printed, variables, results: results.map(resultDocument) };
}

/** Runs a script that is parsed and checked. */
export async function runParsedScript(
    pool: PoolClient,
    script: Script,
    onPrint: (line: string) => void,
): Promise<ScriptReport> {
    const run = new ScriptRun(pool, onPrint);
    await run.runSteps(script.steps);
    return { printed: run.printed, variables: run.variables.toObject(), results: run.results };
}

class ScriptRun {
    readonly printed: string[] = [];
    readonly results: CommandResult[] = [];
    readonly variables = new Variables();
    readonly #pool: PoolClient;
    readonly #onPrint: (line: string) => void;

    constructor(pool: PoolClient, onPrint: (line: string) => void) {
        this.#pool = pool;
        this.#onPrint = onPrint;
    }

    async runSteps(steps: readonly Step[]): Promise<void> {
        for (const step of steps) {
            await this.#runStep(step);
        }
    }

    async #runStep(step: Step): Promise<void> {
        const environment = this.#environmentAt(step.line);
        switch (step.kind) {
            case "declaration":
                return this.variables.declare(step.name.text, step.type);
            case "assignment":
                return this.variables.set(step.name.text, await evaluate(step.value, environment));
            case "print": {
                const text = await fillIn(step.format.text, step.values, environment);
                this.#print(text);
                return this.#pool.repeatInGame([text]);
            }
            case "command": {
                const result = await callCommand(step.call, environment);
                this.results.push(result);
                return this.#print(...resultLines(result));
            }
            case "choice":
                return this.runSteps((await this.#chooseBranch(step.branches))?.steps ?? []);
        }
    }

    async #chooseBranch(branches: readonly Branch[]): Promise<Branch | undefined> {
        for (const branch of branches) {
            if (
                branch.condition === null ||
                (await evaluate(branch.condition, this.#environmentAt(branch.line))) !== 0
            ) {
                return branch;
            }
        }
        return undefined;
    }

    #environmentAt(line: number): Environment {
        return { pool: this.#pool, variables: this.variables, line };
    }

    /** A script is untrusted: its lines are escaped for the terminal. */
    #print(...lines: string[]): void {
        for (const line of lines.map(printable)) {
            this.printed.push(line);
            this.#onPrint(line);
        }
    }
}

async function fillIn(format: string, values: readonly PrintedValue[], environment: Environment): Promise<string> {
    const rest = [...values];
    let text = "";
    for (const part of parseFormat(format)) {
        text += typeof part === "string" ? part : formatValue(part, await printedValue(rest.shift()!, environment));
    }
    return text;
}

async function printedValue(value: PrintedValue, environment: Environment): Promise<number | string> {
    return value.kind === "text" ? value.text : evaluate(value, environment);
}
