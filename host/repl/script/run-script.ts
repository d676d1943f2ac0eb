import { printable } from "../../../shared/printable.js";
import type { MemoryPool } from "../../client/memory-pool.js";
import { type CommandResult, resultLines } from "../run-command.js";
import { callCommand, evaluate, type Surroundings } from "./evaluate.js";
import { formatValue, parseFormat } from "./format.js";
import { parseScript } from "./parse-script.js";
import type { Branch, Script, Step } from "./script.js";
import type { PrintedValue } from "./syntax.js";
import { Variables } from "./variables.js";

/** What a script left behind. */
export interface ScriptReport {
    /** Lines in the order in which they were printed. */
    printed: string[];
    /** Values of the variables at the end, by name. */
    variables: Record<string, number>;
    /** Answers of the console commands that stand alone in a line. */
    results: CommandResult[];
}

/**
 * Runs a diagnostic script. All of it is checked before anything runs; there are no loops, so it ends.
 *
 * @param onPrint called with each line when it is printed
 * @throws UserError BAD_SCRIPT, with line and column, and what the pool answers with
 */
export async function runScript(
    pool: MemoryPool,
    text: string,
    onPrint: (line: string) => void = () => {},
): Promise<ScriptReport> {
    return runParsedScript(pool, parseScript(text), onPrint);
}

/** Runs a script that was checked before. */
export async function runParsedScript(
    pool: MemoryPool,
    script: Script,
    onPrint: (line: string) => void,
): Promise<ScriptReport> {
    const run = new ScriptRun(pool, onPrint);
    await run.follow(script.steps);
    return { printed: run.printed, variables: run.variables.toObject(), results: run.results };
}

class ScriptRun {
    readonly printed: string[] = [];
    readonly results: CommandResult[] = [];
    readonly variables = new Variables();
    readonly #pool: MemoryPool;
    readonly #onPrint: (line: string) => void;

    constructor(pool: MemoryPool, onPrint: (line: string) => void) {
        this.#pool = pool;
        this.#onPrint = onPrint;
    }

    async follow(steps: readonly Step[]): Promise<void> {
        for (const step of steps) {
            await this.#take(step);
        }
    }

    async #take(step: Step): Promise<void> {
        const around = this.#at(step.line);
        switch (step.kind) {
            case "declaration":
                return this.variables.declare(step.name.text, step.type);
            case "assignment":
                return this.variables.set(step.name.text, await evaluate(step.value, around));
            case "print": {
                const text = await filledIn(step.format.text, step.values, around);
                this.#print(text);
                return this.#pool.repeatInGame([text]);
            }
            case "command": {
                const result = await callCommand(step.call, around);
                this.results.push(result);
                return this.#print(...resultLines(result));
            }
            case "choice":
                return this.follow((await this.#choose(step.branches))?.steps ?? []);
        }
    }

    async #choose(branches: readonly Branch[]): Promise<Branch | undefined> {
        for (const branch of branches) {
            if (branch.condition === null || (await evaluate(branch.condition, this.#at(branch.line))) !== 0) {
                return branch;
            }
        }
        return undefined;
    }

    #at(line: number): Surroundings {
        return { pool: this.#pool, variables: this.variables, line };
    }

    /** A script may come from anybody: what it prints can do nothing to a terminal. */
    #print(...lines: string[]): void {
        for (const line of lines.map(printable)) {
            this.printed.push(line);
            this.#onPrint(line);
        }
    }
}

async function filledIn(format: string, values: readonly PrintedValue[], around: Surroundings): Promise<string> {
    const rest = [...values];
    let text = "";
    for (const part of parseFormat(format)) {
        text += typeof part === "string" ? part : formatValue(part, await printedValue(rest.shift()!, around));
    }
    return text;
}

async function printedValue(value: PrintedValue, around: Surroundings): Promise<number | string> {
    return value.kind === "text" ? value.text : evaluate(value, around);
}
