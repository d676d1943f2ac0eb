import type { CommandModule } from "yargs";

import { settingsDocument } from "../../config/settings-document.js";
import { writeConfigFile } from "../../config/write-config-file.js";
import { UserError } from "../../errors.js";
import type { Context } from "../context.js";
import { resolveSettings, single } from "../options/resolve-settings.js";
import { settingsLines } from "../render/settings-report.js";
import { type PoolArguments, poolOptions } from "../options/shared-options.js";

interface ConfigArguments extends PoolArguments {
    init?: string | string[];
    force: boolean;
}

/** `poolnv config`: the settings in force and where they come from, or a new configuration file. */
export function createConfigCommand(context: Context): CommandModule<object, ConfigArguments> {
    return {
        command: "config",
        describe: "print the settings in force, or write a configuration file with comments",
        builder: (parser) =>
            parser
                .option("init", {
                    type: "string",
                    describe: "write a file with every setting at its default",
                    defaultDescription: DEFAULT_FILE,
                })
                .option("force", { type: "boolean", default: false, describe: "with --init: overwrite a file" })
                .options(poolOptions)
                .example("$0 config --init", `write ${DEFAULT_FILE} here`)
                .example("$0 config --config my.ini --json", "check a file, and see what it comes to")
                .epilogue("A file Data/NVSE/Plugins/poolnv.ini in the program's folder is used by itself."),
        handler: async (args) => {
            const file = single("init", args.init);
            await (file === undefined ? printSettings(args, context) : init(file || DEFAULT_FILE, args, context));
        },
    };
}

const DEFAULT_FILE = "poolnv.ini";

async function printSettings(args: ConfigArguments, { output }: Context): Promise<void> {
    if (args.force) {
        throw new UserError("USAGE", "--force overwrites a file, but none is to be written.", "Add: --init [FILE]");
    }
    const { config, ...inForce } = await resolveSettings(args, output);
    output.print(...settingsLines(inForce));
    output.document(settingsDocument(inForce, config?.file ?? null));
}

async function init(file: string, args: ConfigArguments, { output }: Context): Promise<void> {
    const stray = Object.keys(poolOptions).find((option) => args[option as keyof PoolArguments] !== undefined);
    if (stray !== undefined) {
        throw new UserError(
            "USAGE",
            `--init writes the defaults, and --${stray} is not one of them.`,
            `Leave --${stray} out, and change the setting in the written file.`,
        );
    }
    const written = await writeConfigFile(file, args.force);
    output.print(`Wrote ${written}`);
    output.document({ written });
}
