import { UserError } from "../errors.js";
import { nearest } from "../text/words.js";
import { type ConsoleCommand, consoleCommands, signature } from "./commands.js";

/** A console line whose command and arguments are checked. */
export interface ParsedLine {
    command: ConsoleCommand;
    args: string[];
}

/**
 * Parses and checks a console line without touching any process. `;` begins a comment; everything is case-insensitive.
 *
 * @param commands the commands that are allowed
 * @returns null for an empty line
 * @throws UserError USAGE
 */
export function parseLine(line: string, commands: readonly ConsoleCommand[] = consoleCommands): ParsedLine | null {
    const [name, ...words] = wordsOf(line);
    if (name === undefined) return null;
    const command = commandNamed(name, commands);
    if (command === undefined) throw unknownCommand(name, commands);
    const args = takesRest(command) ? restOf(line) : words;
    checkArguments(command, args);
    return { command, args };
}

/** The command with a name; case-insensitive. */
export function commandNamed(name: string, commands: readonly ConsoleCommand[]): ConsoleCommand | undefined {
    return commands.find((row) => row.name.toLowerCase() === name.toLowerCase());
}

function wordsOf(line: string): string[] {
    const code = line.split(";", 1)[0] ?? "";
    return code.split(/\s+/).filter((word) => word !== "");
}

function takesRest({ parameters }: ConsoleCommand): boolean {
    return parameters.some(({ accepts }) => accepts === "file" || accepts === "text");
}

/** A file name or text may contain spaces and semicolons; quotes around it are removed. */
function restOf(line: string): string[] {
    const name = /^\s*\S+\s+(.*?)\s*$/.exec(line)?.[1] ?? "";
    const bare = /^(["'])(.+)\1$/.exec(name)?.[2] ?? name;
    return bare === "" ? [] : [bare];
}

function unknownCommand(name: string, commands: readonly ConsoleCommand[]): UserError {
    const names = commands.map((row) => row.name);
    const meant = nearest(name, names);
    const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
    return new UserError("USAGE", `"${name}" is not a console command.${hint}`, `Commands: ${names.join(", ")}.`);
}

function checkArguments(command: ConsoleCommand, args: string[]): void {
    checkArgumentCount(command, args);
    args.forEach((arg, index) => checkArgument(command, index, arg));
}

/** @throws UserError USAGE if the number of arguments is wrong */
export function checkArgumentCount(command: ConsoleCommand, args: readonly string[]): void {
    const { parameters } = command;
    const fewest = parameters.filter(({ isOptional }) => isOptional !== true).length;
    if (args.length < fewest || args.length > parameters.length) {
        const takes = parameters.length === 0 ? "no arguments" : `${parameters.length} argument`;
        throw new UserError(
            "USAGE",
            `${command.name} takes ${takes}, not ${args.length === 0 ? "none" : `"${args.join(" ")}"`}.`,
            `Write: ${signature(command)}`,
        );
    }
}

/** @throws UserError USAGE if the command does not accept the argument at that index */
export function checkArgument(command: ConsoleCommand, index: number, arg: string): void {
    const accepted = command.parameters[index]?.accepts ?? [];
    if (typeof accepted === "string" || accepted.some((word) => word.toLowerCase() === arg.toLowerCase())) {
        return;
    }
    const meant = nearest(arg, accepted);
    throw new UserError(
        "USAGE",
        `${command.name} does not take "${arg}".${meant === undefined ? "" : ` Did you mean ${meant}?`}`,
        `Write: ${signature(command)}`,
    );
}
