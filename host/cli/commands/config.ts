import type { CommandModule, InferredOptionTypes } from "yargs";
import { sections } from "../../config/setting-table.js";
import { describeDefault, rowOf, type SettingName, settingNames, writeValue } from "../../config/settings.js";
import {
    describeOrigin,
    settingsDocument,
    type SettingsInForce,
    valueInForce,
} from "../../config/settings-in-force.js";
import { writeConfigFile } from "../../config/template.js";
import { UserError } from "../../errors.js";
import type { Context } from "../context.js";
import { resolveSettings } from "../options/resolve-settings.js";
import { type PoolArguments, poolOptions, withOptions } from "../options/shared-options.js";
import { flag, textOption } from "../options/typed-options.js";

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
    if (args.force) {
        throw new UserError(
            "USAGE",
            "--force overwrites the file of --init, which is not given.",
            "Add: --init [FILE]",
        );
    }
    const { config, ...inForce } = await resolveSettings(args, output);
    output.print(...settingsLines(inForce));
    output.document(settingsDocument(inForce, config?.file ?? null));
}

async function init(file: string, args: ConfigArguments, { output }: Context): Promise<void> {
    const setting = Object.keys(poolOptions).find((option) => args[option as keyof PoolArguments] !== undefined);
    if (setting !== undefined) {
        throw new UserError(
            "USAGE",
            `--init writes the defaults and does not use --${setting}.`,
            `Leave --${setting} out, and change the setting in the written file.`,
        );
    }
    const written = await writeConfigFile(file, args.force);
    output.print(`Wrote ${written}`);
    output.document({ written });
}

/** The settings in force below their headings: name, value, origin. */
function settingsLines(inForce: SettingsInForce): string[] {
    const rows = settingNames.map((name) => ({
        section: rowOf(name).section,
        cells: [name, describeValue(name, inForce), describeOrigin(inForce.origins[name])] as const,
    }));
    const width = (column: 0 | 1): number => Math.max(...rows.map(({ cells }) => cells[column].length));
    return sections.flatMap((section) => [
        `[${section}]`,
        ...rows
            .filter((row) => row.section === section)
            .map(
                ({ cells: [name, value, origin] }) => `${name.padEnd(width(0))}  ${value.padEnd(width(1))}  ${origin}`,
            ),
    ]);
}

function describeValue(name: SettingName, inForce: SettingsInForce): string {
    const row = rowOf(name);
    const value = valueInForce(name, inForce);
    if (value === null) return `(${describeDefault(row)})`;
    return row.kind.unit === null ? writeValue(value) : `${writeValue(value)} ${row.kind.unit}`;
}
