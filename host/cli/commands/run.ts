import type { CommandModule, InferredOptionTypes } from "yargs";
import { parseScript } from "../../repl/script/parse-script.js";
import { readScript, readScriptFile } from "../../repl/script/read-script.js";
import { runParsedScript, scriptDocument } from "../../repl/script/run-script.js";
import { namingScript } from "../../repl/script/script-error.js";
import type { Context } from "../context.js";
import { consoleOptions, withOptions } from "../options/shared-options.js";
import { processPositional } from "../process-positional.js";
import { withPool } from "../with-pool.js";

type RunArguments = InferredOptionTypes<typeof consoleOptions> & { process: string | number; file: string };

/** `poolnv run`: runs a diagnostic script on the pool that a program already has. */
export function createRunCommand(context: Context): CommandModule<object, RunArguments> {
    return {
        command: "run <process> <file>",
        describe: "run a diagnostic script",
        builder: (parser) =>
            withOptions(
                parser
                    .positional("process", processPositional)
                    .positional("file", {
                        type: "string",
                        demandOption: true,
                        describe: "script file, or - for standard input",
                    })
                    .nargs("file", 1), // else yargs turns a lone dash to an empty text
                "run",
                consoleOptions,
            )
                .example("$0 run FalloutNV check.txt", "run a script from a file")
                .example("$0 run 4711 - --json < check.txt", "printed lines and variables as one document")
                .epilogue(scriptHelp.join("\n")),
        handler: async (args) => {
            const { io, output } = context;
            const name = args.file === "-" ? "standard input" : args.file;
            const text = await (args.file === "-" ? readScript(io.stdin, name) : readScriptFile(args.file));
            const script = await namingScript(name, () => parseScript(text));
            await withPool(args, context, async (pool) => {
                const report = await namingScript(name, () =>
                    runParsedScript(pool, script, (line) => output.print(line)),
                );
                output.document(scriptDocument(report));
            });
        },
    };
}

const scriptHelp = [
    "A script is a subset of the game's script language:",
    "  ; comment",
    "  float|int|short NAME",
    "  set NAME to EXPRESSION",
    "  if (EXPRESSION), elseif (EXPRESSION), else, endif",
    '  PrintC "TEXT" VALUES       with %.2f, %g, %d, %s and %%',
    "  console commands, as statements or as values",
];
