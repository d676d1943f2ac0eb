import { UserError } from "../errors.js";
import { commandHelp, consoleCommands } from "./commands.js";
import type { MemoryPool } from "./memory-pool.js";
import { parseLine } from "./parse-line.js";
import { type CommandResult, runParsed } from "./run-command.js";

/** Where a REPL's answers go. */
export interface ConsoleSink {
    result(result: CommandResult): void;
    help(lines: string[]): void;
    error(error: UserError): void;
    /** False once nobody can read the answers any more. */
    isHeard(): boolean;
}

export type NextStep = "go on" | "leave" | "gone";

/**
 * Carries out one line of a REPL. What the user can mend goes to the sink; a fault is thrown.
 *
 * @returns whether to go on, to leave, or to leave because the program is gone, which the sink has been told
 */
export async function interpret(pool: MemoryPool, line: string, sink: ConsoleSink): Promise<NextStep> {
    try {
        return await carryOut(pool, line, sink);
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

async function carryOut(pool: MemoryPool, line: string, sink: ConsoleSink): Promise<NextStep> {
    const parsed = parseLine(line);
    if (parsed === null) {
        return "go on";
    }
    switch (parsed.command.action.kind) {
        case "help":
            sink.help(commandHelp(consoleCommands));
            return "go on";
        case "quit":
            return "leave";
        case "pool":
            sink.result(await runParsed(pool, parsed));
            return "go on";
    }
}
