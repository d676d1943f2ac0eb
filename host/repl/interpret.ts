import type { PoolClient } from "../client/pool-client.js";
import { UserError } from "../errors.js";
import { commandHelp, consoleCommands, explain } from "./commands.js";
import { commandNamed, parseLine } from "./parse-line.js";
import { type CommandResult, runParsed } from "./run-command.js";
import type { ScriptReport } from "./script/run-script.js";
import { namingScript } from "./script/script-error.js";

/** Receives the output of a REPL. */
export interface ConsoleSink {
    result(result: CommandResult): void;
    help(lines: string[]): void;
    /** A line that a script prints, when it prints it. */
    printed(line: string): void;
    /** The report of a script that ended without an error, printed lines included. */
    scriptEnded(file: string, report: ScriptReport): void;
    error(error: UserError): void;
    /** False once the reader has closed the output. */
    isHeard(): boolean;
}

/** Shows the live view until the user ends it. */
export type ShowView = () => Promise<void>;

export type NextStep = "go on" | "leave" | "gone";

/**
 * Runs one line of a REPL. A UserError goes to the sink; a fault is thrown.
 *
 * @param view null if there is no terminal
 * @returns whether to go on, to leave, or to leave because the program is gone, which the sink has received
 */
export async function interpret(
    pool: PoolClient,
    line: string,
    sink: ConsoleSink,
    view: ShowView | null = null,
): Promise<NextStep> {
    try {
        return await runLine(pool, line, sink, view);
    } catch (error) {
        if (!(error instanceof UserError)) {
            throw error;
        }
        sink.error(error);
        return error.code === "TARGET_GONE" ? "gone" : "go on";
    }
}

/** Watches for the end of the program, and calls back when it ends by itself. */
export function watchEnd(pool: PoolClient, onGone: () => void): { error: UserError | null } {
    const watch: { error: UserError | null } = { error: null };
    void pool.ended.then(({ reason }) => {
        if (reason !== null) {
            watch.error = targetGone(pool, reason);
            onGone();
        }
    });
    return watch;
}

function targetGone({ facts }: PoolClient, reason: string): UserError {
    return new UserError(
        "TARGET_GONE",
        `${facts.program} (pid ${facts.pid}) is gone: ${reason}.`,
        "Start it again, then: poolnv attach, or poolnv launch -- <program>.",
    );
}

async function runLine(pool: PoolClient, line: string, sink: ConsoleSink, view: ShowView | null): Promise<NextStep> {
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

async function runFile(pool: PoolClient, file: string, sink: ConsoleSink): Promise<void> {
    const { readScriptFile } = await import("./script/read-script.js"); // with a large library, rarely needed
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
