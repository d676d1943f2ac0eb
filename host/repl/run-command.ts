import { UserError } from "../errors.js";
import { poolCommands, type CommandAnswer } from "./commands.js";
import type { MemoryPool } from "../client/memory-pool.js";
import { parseLine, type ParsedLine } from "./parse-line.js";

/** The answer to one console command, with the command's name as the table writes it. */
export interface CommandResult extends CommandAnswer {
    /** Name of the command. */
    command: string;
}

/**
 * Runs one console command given as a line, for example `SetMemoryPoolActive 0`.
 *
 * @throws UserError USAGE, before the process is touched
 */
export async function runConsoleCommand(pool: MemoryPool, line: string): Promise<CommandResult> {
    return runParsed(pool, parsePoolCommand(line));
}

/** Like {@link parseLine}, but the line must hold a command that asks the pool. */
export function parsePoolCommand(line: string): ParsedLine {
    const parsed = parseLine(line, poolCommands);
    if (parsed === null) {
        const names = poolCommands.map((row) => row.name);
        throw new UserError("USAGE", "No console command was given.", `Commands: ${names.join(", ")}.`);
    }
    return parsed;
}

/** Runs a line that was checked before. */
export async function runParsed(pool: MemoryPool, { command, args }: ParsedLine): Promise<CommandResult> {
    if (command.action.kind !== "pool") {
        throw new Error(`${command.name} asks nothing of a pool.`);
    }
    return { command: command.name, ...(await command.action.run(pool, args)) };
}

/** A result as the game's console prints it. */
export function resultLines({ command, value, text, lines = [] }: CommandResult): string[] {
    return [...lines, `${command} >> ${text ?? value}`];
}

/** A result as one JSON value. */
export function resultDocument({ command, value, details }: CommandResult): object {
    return { command, value, ...details };
}
