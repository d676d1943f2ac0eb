import type { CommandModule } from "yargs";

import type { Context } from "../context.js";
import { openConsole } from "../open-console.js";
import { resolvePoolOptions } from "../resolve-settings.js";
import { type PoolArguments, processOptions } from "../shared-options.js";
import { parseTarget, processPositional } from "../target.js";

interface AttachArguments extends PoolArguments {
    process: string;
    detach: boolean;
}

/** `poolnv attach`: the pool under a running program, or a console on the pool it already has. */
export function createAttachCommand(context: Context): CommandModule<object, AttachArguments> {
    return {
        command: "attach <process>",
        describe: "install the pool in a running program, then open its console",
        builder: (parser) =>
            parser
                .positional("process", processPositional)
                .options(processOptions)
                .example("$0 attach FalloutNV --pool-size 1024", "a pool of 1 GB")
                .example("echo GetMemoryPoolStats | $0 attach 4711 --json", "one JSON document")
                .epilogue("Where standard input is no terminal, the console reads one command a line."),
        handler: async (args) => {
            const { output, services } = context;
            const target = parseTarget(args.process);
            const options = await resolvePoolOptions(args, output, (engine) =>
                services.findConfigFile({ process: target, engine }),
            );
            const session = await services.attach(target, options);
            await openConsole(session, args.detach, context);
        },
    };
}
