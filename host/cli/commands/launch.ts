import type { CommandModule } from "yargs";

import { UserError } from "../../errors.js";
import type { Context } from "../context.js";
import { openConsole } from "../open-console.js";
import { resolvePoolOptions } from "../options/resolve-settings.js";
import { type PoolArguments, processOptions } from "../options/shared-options.js";

const DESCRIPTION = "start a program suspended, install the pool, resume it, then open its console";

interface LaunchArguments extends PoolArguments {
    program?: string[];
    "--"?: string[];
    detach: boolean;
}

/** `poolnv launch`: starts a program with the pool under it from its first allocation after the loader. */
export function createLaunchCommand(context: Context): CommandModule<object, LaunchArguments> {
    return {
        command: "launch [program..]",
        describe: DESCRIPTION,
        builder: (parser) =>
            parser
                .usage(`$0 launch [options] -- <program> [args]\n\n${DESCRIPTION}`)
                .positional("program", { type: "string", array: true, describe: "program and its arguments" })
                .options(processOptions)
                .example("$0 launch -- FalloutNV.exe", "the game, then its console")
                .example(
                    "$0 launch --strategy bump --detach -- ./server --port 80",
                    "what is behind -- is the program's",
                ),
        handler: async (args) => {
            const [program, ...rest] = [...(args.program ?? []), ...(args["--"] ?? [])];
            if (program === undefined) {
                throw new UserError("USAGE", "No program was given.", "Write: poolnv launch -- <program> [args]");
            }
            const { output, services } = context;
            const options = await resolvePoolOptions(args, output, () => services.findConfigFile({ program }));
            const programOutputToStderr = output.json;
            const session = await services.launch(program, rest, { ...options, programOutputToStderr });
            await openConsole(session, { detach: args.detach, options }, context);
        },
    };
}
