import yargs, { type Argv, type CommandModule } from "yargs";
import { UserError } from "../errors.js";
import { packageVersion } from "../package-version.js";
import type { Context } from "./context.js";
import { loadCommands } from "./load-commands.js";
import { outputOptions } from "./options/shared-options.js";

/** Builds the parser of one command line. */
export async function createParser(argv: string[], context: Context): Promise<Argv> {
    const commands = await loadCommands(argv, context);
    return yargs()
        .scriptName("poolnv")
        .usage("$0 <command>\n\nA memory pool of up to 1.5 GB under a running program.")
        .command(commands)
        .options(outputOptions)
        .example("$0 launch -- FalloutNV.exe", "start the game with the pool")
        .example("$0 attach FalloutNV", "install the pool in the running game")
        .example("$0 exec FalloutNV GetMemoryPoolUsage", "run one console command")
        .version(packageVersion())
        .alias({ help: "h", version: "v" })
        .parserConfiguration({ "camel-case-expansion": false, "parse-positional-numbers": false, "populate--": true })
        .strict()
        .strictCommands()
        .recommendCommands()
        .check(refuseDashes)
        .detectLocale(false)
        .updateStrings({ "Did you mean %s?": "Unknown command; did you mean %s?" })
        .wrap(Math.min(context.io.stdout.columns ?? 100, 120))
        .exitProcess(false)
        .fail((message: string | null, error: Error | undefined) => {
            throw error === undefined || error.name === "YError"
                ? usageError(message ?? error?.message ?? "Wrong usage.", commandOf(argv, commands))
                : error;
        });
}

/** Only commands that start a program pass arguments on. */
function refuseDashes(parsed: { _: (string | number)[]; "--"?: unknown[] }): true {
    const command = String(parsed._[0]);
    if (command !== "launch" && command !== "loadtest" && parsed["--"] !== undefined) {
        throw usageError("Only launch and loadtest take arguments after --.", command);
    }
    return true;
}

function commandOf(argv: string[], commands: CommandModule[]): string | undefined {
    const names = commands.map(({ command }) => String(command).split(" ", 1)[0]);
    return argv.find((word) => names.includes(word));
}

function usageError(message: string, command: string | undefined): UserError {
    const help = command === undefined ? "poolnv --help" : `poolnv ${command} --help`;
    return new UserError("USAGE", message, `See: ${help}`);
}
