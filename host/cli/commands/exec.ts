import type { CommandModule } from "yargs";

import { commandHelp, poolCommands } from "../../repl/commands.js";
import { MemoryPool } from "../../client/memory-pool.js";
import {
    type CommandResult,
    parsePoolCommand,
    resultDocument,
    resultLines,
    runParsed,
} from "../../repl/run-command.js";
import type { Context } from "../context.js";
import { resolvePoolOptions } from "../options/resolve-settings.js";
import { type PoolArguments, processOptions } from "../options/shared-options.js";
import { parseTarget, processPositional } from "../target.js";

interface ExecArguments extends PoolArguments {
    process: string;
    command: string[];
}

/** `poolnv exec`: one console command on a pool that is there already. */
export function createExecCommand(context: Context): CommandModule<object, ExecArguments> {
    return {
        command: "exec <process> <command..>",
        describe: "run one console command, print its result, leave",
        builder: (parser) =>
            parser
                .positional("process", processPositional)
                .positional("command", { type: "string", array: true, demandOption: true, describe: "see below" })
                .options(processOptions)
                .example("$0 exec FalloutNV GetMemoryPoolStats --json", "the statistics as one JSON object")
                .example("$0 exec 4711 SetMemoryPoolActive 0", "new allocations go elsewhere")
                .epilogue(["Console commands:", ...commandHelp(poolCommands).map((line) => `  ${line}`)].join("\n")),
        handler: async (args) => {
            const command = parsePoolCommand(args.command.join(" "));
            const { output, services } = context;
            const target = parseTarget(args.process);
            const options = await resolvePoolOptions(args, output, (engine) =>
                services.findConfigFile({ process: target, engine }),
            );
            const pool = new MemoryPool(await services.connect(target, options), options);
            try {
                const result = await runParsed(pool, command);
                output.print(...resultLines(result));
                output.document(execDocument(result));
            } finally {
                await pool.close();
            }
        },
    };
}

/** Statistics are the contract's object itself; everything else is a command and its value. */
function execDocument(result: CommandResult): object {
    return result.details !== undefined && "statistics" in result.details
        ? result.details.statistics
        : resultDocument(result);
}
