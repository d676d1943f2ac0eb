import type { CommandModule } from "yargs";

import { MemoryPool } from "../../client/memory-pool.js";
import { parseScript } from "../../repl/script/parse-script.js";
import { readScript, readScriptFile } from "../../repl/script/read-script.js";
import { runParsedScript } from "../../repl/script/run-script.js";
import { scriptDocument } from "../../repl/script/script-document.js";
import { namingScript } from "../../repl/script/script-error.js";
import type { Context } from "../context.js";
import { resolvePoolOptions } from "../options/resolve-settings.js";
import { type PoolArguments, poolOptions } from "../options/shared-options.js";
import { parseTarget, processPositional } from "../target.js";

interface RunArguments extends PoolArguments {
    process: string;
    file: string;
}

/** `poolnv run`: a diagnostic script on a pool that is there already. */
export function createRunCommand(context: Context): CommandModule<object, RunArguments> {
    return {
        command: "run <process> <file>",
        describe: "run a diagnostic script",
        builder: (parser) =>
            parser
                .positional("process", processPositional)
                .positional("file", { type: "string", demandOption: true, describe: "script, or - for standard input" })
                .nargs("file", 1) // else yargs hands a lone dash over as an empty text
                .options(poolOptions)
                .example("$0 run FalloutNV check.txt", "run a script from a file")
                .example("$0 run 4711 - --json < check.txt", "what it printed and its variables, as one document")
                .epilogue(scriptHelp.join("\n")),
        handler: async (args) => {
            const { io, output, services } = context;
            const name = args.file === "-" ? "standard input" : args.file;
            const text = await (args.file === "-" ? readScript(io.stdin, name) : readScriptFile(args.file));
            const script = await namingScript(name, () => parseScript(text));
            const target = parseTarget(args.process);
            const options = await resolvePoolOptions(args, output, (engine) =>
                services.findConfigFile({ process: target, engine }),
            );
            const pool = new MemoryPool(await services.connect(target, options), options);
            try {
                const report = await namingScript(name, () =>
                    runParsedScript(pool, script, (line) => output.print(line)),
                );
                output.document(scriptDocument(report));
            } finally {
                await pool.close();
            }
        },
    };
}

const scriptHelp = [
    "A script holds lines of the game's script language:",
    "  ; comment",
    "  float|int|short NAME",
    "  set NAME to EXPRESSION",
    "  if (EXPRESSION), elseif (EXPRESSION), else, endif",
    '  PrintC "TEXT" VALUES       with %.2f, %g, %d, %s and %%',
    "  console commands, alone or as a value",
];
