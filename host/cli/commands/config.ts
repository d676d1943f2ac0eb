import type { CommandModule, InferredOptionTypes } from "yargs";

import { settingsDocument } from "../../config/settings-in-force.js";
import { writeConfigFile } from "../../config/template.js";
import { UserError } from "../../errors.js";
import type { Context } from "../context.js";
import { resolveSettings } from "../options/resolve-settings.js";
import { type PoolArguments, poolOptions, withOptions } from "../options/shared-options.js";
import { flag, textOption } from "../options/typed-options.js";
import { settingsLines } from "../render/settings-report.js";

type ConfigArguments = InferredOptionTypes<typeof configOptions>;

/** `poolnv config`: prints the settings in force and their origins, or writes a configuration file. */
export function createConfigCommand(context: Context): CommandModule<object, ConfigArguments> {
    return {
        command: "config",
        describe: "print the settings in force, or write a configuration file with comments",
        builder: (parser) =>
            withOptions(parser, "config", configOptions)
                .example("$0 config --init", `write ${usualFile} here`)
                .example("$0 config --config my.ini --json", "check a file and print the settings in force")
                .epilogue("Data/NVSE/Plugins/poolnv.ini in the program's folder is read automatically."),
        handler: async (args) => {
            const { init: file } = args;
            await (file === undefined ? printSettings(args, context) : init(file || usualFile, args, context));
        },
    };
}

const usualFile = "poolnv.ini";

const configOptions = {
    ...poolOptions,
    init: {
        ...textOption("init", { describe: "write a file with every setting at its default", usual: usualFile }),
        requiresArg: false,
    },
    force: flag("with --init: overwrite the file"),
} as const;

async function printSettings(args: ConfigArguments, { output }: Context): Promise<void> {
    if (args.force)
        throw new UserError(
            "USAGE",
            "--force overwrites the file of --init, which is not given.",
            "Add: --init [FILE]",
        );
    const { config, ...inForce } = await resolveSettings(args, output);
    output.print(...settingsLines(inForce));
    output.document(settingsDocument(inForce, config?.file ?? null));
}

async function init(file: string, args: ConfigArguments, { output }: Context): Promise<void> {
    const setting = Object.keys(poolOptions).find((option) => args[option as keyof PoolArguments] !== undefined);
    if (setting !== undefined)
        throw new UserError(
            "USAGE",
            `--init writes the defaults and does not use --${setting}.`,
            `Leave --${setting} out, and change the setting in the written file.`,
        );
    const written = await writeConfigFile(file, args.force);
    output.print(`Wrote ${written}`);
    output.document({ written });
}
