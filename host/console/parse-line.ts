import { UserError } from "../errors.js";
import { type ConsoleCommand, consoleCommands, signature } from "./commands.js";
import { nearest } from "./nearest.js";

/** A console line that is known to be well-formed. */
export interface ParsedLine {
    command: ConsoleCommand;
    args: string[];
}

/**
 * Checks a console line without touching any process. `;` begins a comment; names and words are case-insensitive.
 *
 * @param commands rows that may be called
 * @returns null for a line with nothing on it
 * @throws UserError USAGE
 */
export function parseLine(line: string, commands: readonly ConsoleCommand[] = consoleCommands): ParsedLine | null {
    const [name, ...args] = wordsOf(line);
    if (name === undefined) {
        return null;
    }
    const command = commands.find((row) => row.name.toLowerCase() === name.toLowerCase());
    if (command === undefined) {
        throw unknownCommand(name, commands);
    }
    checkArguments(command, args);
    return { command, args };
}

/** What the last word of a line may become. The second value is the part that is replaced, as readline wants it. */
export function completeLine(line: string): [string[], string] {
    const words = line.trimStart().split(/\s+/);
    const typed = words.at(-1) ?? "";
    const command = consoleCommands.find((row) => row.name.toLowerCase() === words[0]?.toLowerCase());
    const candidates =
        words.length === 1 ? consoleCommands.map((row) => row.name) : (command?.parameters[words.length - 2] ?? []);
    return [candidates.filter((candidate) => candidate.toLowerCase().startsWith(typed.toLowerCase())), typed];
}

function wordsOf(line: string): string[] {
    const code = line.split(";", 1)[0] ?? "";
    return code.split(/\s+/).filter((word) => word !== "");
}

function unknownCommand(name: string, commands: readonly ConsoleCommand[]): UserError {
    const names = commands.map((row) => row.name);
    const meant = nearest(name, names);
    const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
    return new UserError("USAGE", `"${name}" is no console command.${hint}`, `Commands: ${names.join(", ")}.`);
}

function checkArguments(command: ConsoleCommand, args: string[]): void {
    checkArgumentCount(command, args);
    args.forEach((arg, index) => checkArgumentWord(command, index, arg));
}

/** @throws UserError USAGE unless a command is given as many arguments as it takes */
export function checkArgumentCount(command: ConsoleCommand, args: readonly string[]): void {
    const { parameters } = command;
    if (args.length !== parameters.length) {
        const takes = parameters.length === 0 ? "no arguments" : `${parameters.length} argument`;
        throw new UserError(
            "USAGE",
            `${command.name} takes ${takes}, not ${args.length === 0 ? "none" : `"${args.join(" ")}"`}.`,
            `Write: ${signature(command)}`,
        );
    }
}

/** @throws UserError USAGE unless a command accepts the argument at that place */
export function checkArgumentWord(command: ConsoleCommand, index: number, arg: string): void {
    if (command.parameters[index]?.includes(arg.toLowerCase()) !== true) {
        throw new UserError("USAGE", `${command.name} does not take "${arg}".`, `Write: ${signature(command)}`);
    }
}
