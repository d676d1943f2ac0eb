import type { Options } from "yargs";

import { describeDefault, rowOf, settingNames, type SettingOption } from "../../config/settings.js";

/** How poolnv speaks, whatever the command. */
export const outputOptions = {
    json: { type: "boolean", default: false, describe: "print exactly one JSON document on standard output" },
    quiet: { type: "boolean", default: false, describe: "no progress on standard error" },
} as const satisfies Record<string, Options>;

const settingOptions = Object.fromEntries(
    settingNames.map(rowOf).flatMap((row) => {
        const { unit, accepts, isPath } = row.kind;
        const words = `${row.summary}${unit === null ? "" : ` in ${unit}`}${isPath ? "" : `: ${accepts}`}`;
        return row.option === undefined ? [] : [[row.option, textOption(words, describeDefault(row))]];
    }),
) as Record<SettingOption, ReturnType<typeof textOption>>;

export const engineOption = { engine: settingOptions.engine } as const;

/** What a pool can be told, by option or by file. */
export const poolOptions = {
    ...settingOptions,
    config: textOption("INI file with settings; options win over it", "the program's own, if there is one"),
} as const;

/** Options of every command that attaches to a process or starts one. */
export const processOptions = {
    ...poolOptions,
    detach: { type: "boolean", default: false, describe: "install and leave, without a console" },
} as const;

/** Options as yargs hands them over: text, or a list when one was given more than once. */
export type PoolArguments = { [Name in keyof typeof poolOptions]?: string | string[] };

function textOption(describe: string, defaultDescription: string) {
    return { type: "string", requiresArg: true, describe, defaultDescription } as const;
}
