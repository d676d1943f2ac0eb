import type { CommandModule } from "yargs";

import { UserError } from "../../errors.js";
import type { Context } from "../context.js";
import { openConsole } from "../open-console.js";
import { readOptions, resolvePoolOptions, single } from "../resolve-settings.js";
import { type PoolArguments, processOptions } from "../shared-options.js";
import { parseTarget, processPositional } from "../target.js";

interface AttachArguments extends PoolArguments {
    process: string;
    detach: boolean;
    wait?: string | string[];
}

/** `poolnv attach`: the pool under a running program, or a console on the pool it already has. */
export function createAttachCommand(context: Context): CommandModule<object, AttachArguments> {
    return {
        command: "attach <process>",
        describe: "install the pool in a running program, then open its console",
        builder: (parser) =>
            parser
                .positional("process", processPositional)
                .options({ ...processOptions, wait: waitOption })
                .example("$0 attach FalloutNV --pool-size 1024", "a pool of 1 GB")
                .example("echo GetMemoryPoolStats | $0 attach 4711 --json", "one JSON document")
                .epilogue("Where standard input is no terminal, the console reads one command a line."),
        handler: async (args) => {
            const { output, services } = context;
            const target = parseTarget(args.process);
            await waitIfAsked(target, args, context);
            const options = await resolvePoolOptions(args, output, (engine) =>
                services.findConfigFile({ process: target, engine }),
            );
            const session = await services.attach(target, options);
            await openConsole(session, args.detach, context);
        },
    };
}

const waitOption = {
    type: "string",
    requiresArg: true,
    describe: "wait so many seconds for the program to start",
    defaultDescription: "it must run already",
} as const;

async function waitIfAsked(target: string | number, args: AttachArguments, context: Context): Promise<void> {
    const text = single("wait", args.wait);
    if (text === undefined) {
        return;
    }
    const seconds = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (seconds === 0) {
        throw new UserError(
            "USAGE",
            `--wait is "${text}", but it is a number of seconds, 1 to 99999.`,
            "For example: --wait 60",
        );
    }
    const { output, services } = context;
    const { engine = "auto" } = readOptions(args);
    await services.waitForProgram(target, { engine, seconds, onProgress: (line) => output.progress(line) });
}
