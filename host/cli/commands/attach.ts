import type { CommandModule } from "yargs";

import { UserError } from "../../errors.js";
import { isFolder } from "../../files/read-file.js";
import type { Context } from "../context.js";
import { openConsole } from "../open-console.js";
import { readOptions, resolvePoolOptions, single } from "../options/resolve-settings.js";
import { type PoolArguments, processOptions } from "../options/shared-options.js";
import { parseTarget, processPositional } from "../target.js";

interface AttachArguments extends PoolArguments {
    process: string;
    detach: boolean;
    wait?: string | string[];
    in?: string | string[];
}

/** `poolnv attach`: the pool under a running program, or a console on the pool it already has. */
export function createAttachCommand(context: Context): CommandModule<object, AttachArguments> {
    return {
        command: "attach <process>",
        describe: "install the pool in a running program, then open its console",
        builder: (parser) =>
            parser
                .positional("process", processPositional)
                .options({ ...processOptions, ...waitOptions })
                .example("$0 attach FalloutNV --pool-size 1024", "a pool of 1 GB")
                .example("echo GetMemoryPoolStats | $0 attach 4711 --json", "one JSON document")
                .epilogue("Where standard input is no terminal, the console reads one command a line."),
        handler: async (args) => {
            const { output, services } = context;
            const target = await waitIfAsked(parseTarget(args.process), args, context);
            const options = await resolvePoolOptions(args, output, (engine) =>
                services.findConfigFile({ process: target, engine }),
            );
            const pool = await services.attach(target, options);
            await openConsole(pool, { detach: args.detach }, context);
        },
    };
}

const waitOptions = {
    wait: {
        type: "string",
        requiresArg: true,
        describe: "wait so many seconds for the program to start",
        defaultDescription: "it must run already",
    },
    in: {
        type: "string",
        requiresArg: true,
        describe: "with --wait, on Linux: only a program whose file is in this folder",
        defaultDescription: "any",
    },
} as const;

/** @returns whom to attach to */
async function waitIfAsked(target: string | number, args: AttachArguments, context: Context): Promise<string | number> {
    const [wait, folder] = [single("wait", args.wait), single("in", args.in)];
    if (wait === undefined && folder === undefined) {
        return target;
    }
    const seconds = /^\d{1,5}$/.test(wait ?? "") ? Number(wait) : 0;
    if (typeof target === "number" || seconds === 0) {
        throw new UserError(
            "USAGE",
            typeof target === "number"
                ? "A program that is waited for has no pid yet."
                : `--wait is "${wait ?? ""}", but it is a number of seconds, 1 to 99999.`,
            "For example: poolnv attach FalloutNV --wait 60",
        );
    }
    if (folder !== undefined && !isFolder(folder)) {
        throw new UserError("USAGE", `There is no folder ${folder}.`, "Name the folder that the program is in.");
    }
    const { output, services } = context;
    const { engine = "auto" } = readOptions(args);
    const onProgress = (line: string) => output.progress(line);
    return services.waitForProgram(target, { engine, seconds, folder: folder ?? null, onProgress });
}
