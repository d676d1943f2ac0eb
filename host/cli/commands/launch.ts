import type { CommandModule, InferredOptionTypes } from "yargs";
import { UserError } from "../../errors.js";
import type { Context } from "../context.js";
import { openConsole } from "../open-console.js";
import { resolvePoolOptions } from "../options/resolve-settings.js";
import { detachOption, poolOptions, withOptions } from "../options/shared-options.js";
import { pathOption } from "../options/typed-options.js";

type LaunchArguments = InferredOptionTypes<typeof launchOptions> & { program?: string[]; "--"?: string[] };

/** `poolnv launch`: starts a program with the pool installed before its own code runs. */
export function createLaunchCommand(context: Context): CommandModule<object, LaunchArguments> {
    return {
        command: "launch [program..]",
        describe: description,
        builder: (parser) =>
            withOptions(
                parser
                    .usage(`$0 launch [options] -- <program> [args]\n\n${description}`)
                    .positional("program", { type: "string", array: true, describe: "program and its arguments" }),
                "launch",
                launchOptions,
            )
                .example("$0 launch -- FalloutNV.exe", "start the game, then open the console")
                .example("$0 launch --cwd . -- tool.exe notes.txt", "a Windows program with a file of this folder")
                .example(
                    "$0 launch --strategy bump --detach -- ./server --port 80",
                    "arguments after -- are passed to the program",
                ),
        handler: async (args) => {
            const [program, ...rest] = [...(args.program ?? []), ...(args["--"] ?? [])];
            if (program === undefined) {
                throw new UserError("USAGE", "No program was given.", "Write: poolnv launch -- <program> [args]");
            }
            const { output, services } = context;
            const options = await resolvePoolOptions(args, output, () => services.findConfigFile({ program }));
            const programOutputToStderr = output.json;
            const pool = await services.launch(program, rest, {
                ...options,
                programOutputToStderr,
                ...(args.cwd === undefined ? {} : { cwd: args.cwd }),
            });
            await openConsole(pool, { detach: args.detach }, context);
        },
    };
}

const description = "start a program suspended, install the pool, resume it, then open the console";

const launchOptions = {
    ...poolOptions,
    ...detachOption,
    cwd: pathOption("cwd", {
        describe: "working directory of the program",
        usual: "a Windows program's own folder; for others this one",
    }),
} as const;
