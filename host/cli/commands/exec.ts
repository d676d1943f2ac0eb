import type { CommandModule, InferredOptionTypes } from "yargs";
import { commandHelp, poolCommands } from "../../repl/commands.js";
import {
    type CommandResult,
    parsePoolCommand,
    resultDocument,
    resultLines,
    runParsed,
} from "../../repl/run-command.js";
import type { Context } from "../context.js";
import { consoleOptions, withOptions } from "../options/shared-options.js";
import { processPositional } from "../process-positional.js";
import { withPool } from "../with-pool.js";

type ExecArguments = InferredOptionTypes<typeof consoleOptions> & { process: string | number; command: string[] };

/** `poolnv exec`: runs one console command on the pool that a program already has. */
export function createExecCommand(context: Context): CommandModule<object, ExecArguments> {
    const { output } = context;
    return {
        command: "exec <process> <command..>",
        describe: "run one console command, print its result, exit",
        builder: (parser) =>
            withOptions(
                parser
                    .positional("process", processPositional)
                    .positional("command", { type: "string", array: true, demandOption: true, describe: "see below" }),
                "exec",
                consoleOptions,
            )
                .example("$0 exec FalloutNV GetMemoryPoolStats --json", "the statistics as one JSON object")
                .example("$0 exec 4711 SetMemoryPoolActive 0", "send new allocations elsewhere")
                .epilogue(["Console commands:", ...commandHelp(poolCommands).map((line) => `  ${line}`)].join("\n")),
        handler: async (args) => {
            const command = parsePoolCommand(args.command.join(" "));
            await withPool(args, context, async (pool) => {
                const result = await runParsed(pool, command);
                output.print(...resultLines(result));
                output.document(execDocument(result));
            });
        },
    };
}

/** The statistics are the contract's object itself; any other result is a command and its value. */
function execDocument(result: CommandResult): object {
    return result.details !== undefined && "statistics" in result.details
        ? result.details.statistics
        : resultDocument(result);
}
