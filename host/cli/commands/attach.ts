import type { CommandModule, InferredOptionTypes } from "yargs";
import { UserError } from "../../errors.js";
import { isFolder } from "../../files/read-file.js";
import type { Context } from "../context.js";
import { openConsole } from "../open-console.js";
import { resolvePoolOptions, settingsOf } from "../options/resolve-settings.js";
import { detachOption, poolOptions, withOptions } from "../options/shared-options.js";
import { numberOption, pathOption } from "../options/typed-options.js";
import { processPositional } from "../process-positional.js";

type AttachArguments = InferredOptionTypes<typeof attachOptions> & { process: string | number };

/** `poolnv attach`: installs the pool in a running program, or opens the console of the pool it already has. */
export function createAttachCommand(context: Context): CommandModule<object, AttachArguments> {
    return {
        command: "attach <process>",
        describe: "install the pool in a running program, then open its console",
        builder: (parser) =>
            withOptions(parser.positional("process", processPositional), "attach", attachOptions)
                .example("$0 attach FalloutNV --pool-size 1024", "a pool of 1 GB")
                .example("echo GetMemoryPoolStats | $0 attach 4711 --json", "one JSON document")
                .epilogue("If standard input is not a terminal, the console reads one command a line."),
        handler: async (args) => {
            const { output, services } = context;
            const target = await waitIfAsked(args, context);
            const options = await resolvePoolOptions(args, output, (engine) =>
                services.findConfigFile({ process: target, engine }),
            );
            const pool = await services.attach(target, options);
            await openConsole(pool, { detach: args.detach }, context);
        },
    };
}

const attachOptions = {
    ...poolOptions,
    ...detachOption,
    wait: numberOption(
        "wait",
        { describe: "wait for the program to start", usual: "it must be running" },
        { from: 1, to: 99_999, unit: "whole seconds" },
    ),
    in: pathOption("in", { describe: "with --wait, on Linux: only a program whose file is in this folder" }),
} as const;

/** @returns the process to attach to */
async function waitIfAsked(args: AttachArguments, { output, services }: Context): Promise<string | number> {
    const { process: wanted, wait, in: folder } = args;
    if (wait === undefined && folder === undefined) return wanted;
    if (wait === undefined) throw usage("--in needs --wait.");
    if (folder !== undefined && process.platform !== "linux") {
        throw new UserError("USAGE", "--in works on Linux only.", "Leave out --in.");
    }
    if (typeof wanted === "number") throw usage("--wait needs the name of a program: one that starts has no pid yet.");
    if (folder !== undefined && !isFolder(folder)) {
        throw new UserError("USAGE", `There is no folder ${folder}.`, "Name the folder that the program is in.");
    }
    const { engine = "auto" } = settingsOf(args);
    const onProgress = (line: string) => output.progress(line);
    return services.waitForProgram(wanted, { engine, seconds: wait, folder: folder ?? null, onProgress });
}

function usage(message: string): UserError {
    return new UserError("USAGE", message, "For example: poolnv attach FalloutNV --wait 60");
}
