import type { PoolClient } from "../client/pool-client.js";
import { UserError } from "../errors.js";
import { type CommandAnswer, poolCommands } from "./commands.js";
import { type ParsedLine, parseLine } from "./parse-line.js";

/** The result of one console command, with the name of the command. */
export interface CommandResult extends CommandAnswer {
    /** Name of the command. */
    command: string;
}

/**
 * Runs one console command given as a line, for example `SetMemoryPoolActive 0`.
 *
 * @throws UserError USAGE before the process is touched, and the errors of the pool
 */
export async function runConsoleCommand(pool: PoolClient, line: string): Promise<CommandResult> {
    return runParsed(pool, parsePoolCommand(line));
}

/** Like {@link parseLine}, but the line must be a command that asks the pool. */
export function parsePoolCommand(line: string): ParsedLine {
    const parsed = parseLine(line, poolCommands);
    if (parsed === null) {
        const names = poolCommands.map((row) => row.name);
        throw new UserError("USAGE", "No console command was given.", `Commands: ${names.join(", ")}.`);
    }
    return parsed;
}

/** Runs a parsed line. */
export async function runParsed(pool: PoolClient, { command, args }: ParsedLine): Promise<CommandResult> {
    if (command.action.kind !== "pool") {
        throw new Error(`${command.name} does not ask the pool`);
    }
    return { command: command.name, ...(await command.action.run(pool, args)) };
}

/** A result as the game's console prints it. */
export function resultLines({ command, value, text, lines = [] }: CommandResult): string[] {
    return [...lines, `${command} >> ${text ?? value}`];
}

/** A result as JSON. */
export function resultDocument({ command, value, details }: CommandResult): object {
    return { command, value, ...details };
}
