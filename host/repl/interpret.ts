import { UserError } from "../errors.js";
import type { ScriptReport } from "./script/run-script.js";
import { namingScript } from "./script/script-error.js";
import { commandHelp, consoleCommands, explain } from "./commands.js";
import type { MemoryPool } from "../client/memory-pool.js";
import { commandNamed, parseLine } from "./parse-line.js";
import { type CommandResult, runParsed } from "./run-command.js";

/** Where a REPL's answers go. */
export interface ConsoleSink {
    result(result: CommandResult): void;
    help(lines: string[]): void;
    /** A line that a script prints, at the moment it does. */
    printed(line: string): void;
    /** The same lines again and all else about a script, once it has ended well. */
    scriptEnded(file: string, report: ScriptReport): void;
    error(error: UserError): void;
    /** False once nobody can read the answers any more. */
    isHeard(): boolean;
}

/** Holds the live view, where there is a terminal for it, until the person has seen enough. */
export type Viewing = () => Promise<void>;

export type NextStep = "go on" | "leave" | "gone";

/**
 * Carries out one line of a REPL. What the user can mend goes to the sink; a fault is thrown.
 *
 * @param view null where there is no terminal
 * @returns whether to go on, to leave, or to leave because the program is gone, which the sink has been told
 */
export async function interpret(
    pool: MemoryPool,
    line: string,
    sink: ConsoleSink,
    view: Viewing | null = null,
): Promise<NextStep> {
    try {
        return await carryOut(pool, line, sink, view);
    } catch (error) {
        if (!(error instanceof UserError)) {
            throw error;
        }
        sink.error(error);
        return error.code === "TARGET_GONE" ? "gone" : "go on";
    }
}

/** Knows whether the program has ended by itself, and calls back at that moment. */
export function watchEnd(pool: MemoryPool, onGone: () => void): { error: UserError | null } {
    const watch: { error: UserError | null } = { error: null };
    void pool.ended.then(({ reason }) => {
        if (reason !== null) {
            watch.error = targetGone(pool, reason);
            onGone();
        }
    });
    return watch;
}

function targetGone({ facts }: MemoryPool, reason: string): UserError {
    return new UserError(
        "TARGET_GONE",
        `${facts.program} (pid ${facts.pid}) is gone: ${reason}.`,
        "Start it again, then: poolnv attach, or poolnv launch -- <program>.",
    );
}

async function carryOut(pool: MemoryPool, line: string, sink: ConsoleSink, view: Viewing | null): Promise<NextStep> {
    const parsed = parseLine(line);
    if (parsed === null) {
        return "go on";
    }
    const [argument] = parsed.args;
    switch (parsed.command.action.kind) {
        case "help":
            sink.help(helpOn(argument));
            return "go on";
        case "quit":
            return "leave";
        case "pool":
            sink.result(await runParsed(pool, parsed));
            return "go on";
        case "run":
            await runFile(pool, argument!, sink);
            return "go on";
        case "watch":
            await (view ?? refuseToWatch)();
            return "go on";
    }
}

function helpOn(name: string | undefined): string[] {
    const command = name === undefined ? undefined : commandNamed(name, consoleCommands);
    return command === undefined ? commandHelp(consoleCommands) : explain(command);
}

async function runFile(pool: MemoryPool, file: string, sink: ConsoleSink): Promise<void> {
    const { readScriptFile } = await import("./script/read-script.js"); // with a large library, seldom wanted
    const { runScript } = await import("./script/run-script.js");
    const text = await readScriptFile(file);
    const report = await namingScript(file, () => runScript(pool, text, (line) => sink.printed(line)));
    sink.scriptEnded(file, report);
}

function refuseToWatch(): never {
    throw new UserError(
        "USAGE",
        "The live view of the console needs a terminal.",
        "For a line with each sample: poolnv watch <process>",
    );
}
