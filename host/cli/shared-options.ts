import type { Options } from "yargs";

import { readConfigFile } from "../config/config-file.js";
import { resolvePaths } from "../config/paths.js";
import { checkSetting, type SettingName, settingNames, type Settings, toPoolOptions } from "../config/settings.js";
import { UserError } from "../errors.js";
import type { PoolOptions } from "../session/pool-session.js";
import type { Output } from "./output.js";

/** How poolnv speaks, whatever the command. */
export const outputOptions = {
    json: { type: "boolean", default: false, describe: "print exactly one JSON document on standard output" },
    quiet: { type: "boolean", default: false, describe: "no progress on standard error" },
} as const satisfies Record<string, Options>;

export const engineOption = {
    engine: textOption("which engine carries frida-core: auto, binding, python or wine", "auto"),
} as const;

/** What a pool can be told, by option or by file. */
export const poolOptions = {
    ...engineOption,
    "wine-prefix": textOption("Wine prefix of the program", "the program's own"),
    config: textOption("INI file with settings; options win over it", "none"),
    "pool-size": textOption("wanted size of the pool in MB, 16 to 1536", "1536"),
    strategy: textOption("recycle (size classes, free lists) or bump (never reuses memory)", "recycle"),
    layers: textOption("comma-separated list of the layers to hook: crt", "crt"),
    log: textOption("log file", "beside the program"),
} as const;

/** Options of every command that attaches to a process or starts one. */
export const processOptions = {
    ...poolOptions,
    detach: { type: "boolean", default: false, describe: "install and leave, without a console" },
} as const;

/** Options as yargs hands them over: text, or a list when one was given more than once. */
export type PoolArguments = { [Name in keyof typeof poolOptions]?: string | string[] };

/**
 * Joins defaults, configuration file and options, the later winning over the earlier.
 *
 * @throws UserError USAGE for an option, BAD_CONFIG for the file
 */
export async function resolvePoolOptions(args: PoolArguments, output: Output): Promise<PoolOptions> {
    const config = single("config", args.config);
    const options = resolvePaths(readOptions(args), process.cwd());
    const fromFile = config === undefined ? {} : await readConfigFile(config);
    return { ...toPoolOptions({ ...fromFile, ...options }), onProgress: (line) => output.progress(line) };
}

/** Checks the options that are settings, too. */
export function readOptions(args: PoolArguments): Settings {
    const settings: Settings = {};
    for (const name of settingNames) {
        const option = optionOf[name];
        const text = single(option, args[option]);
        if (text !== undefined) {
            const checked = checkSetting(name, text);
            if ("expectation" in checked) {
                throw wrongOption(`--${option} is "${text}", but ${checked.expectation}.`);
            }
            Object.assign(settings, checked.settings);
        }
    }
    return settings;
}

const optionOf: Record<SettingName, keyof PoolArguments> = {
    engine: "engine",
    wine_prefix: "wine-prefix",
    pool_size_mb: "pool-size",
    strategy: "strategy",
    layers: "layers",
    log: "log",
};

function single(option: string, value: string | string[] | undefined): string | undefined {
    if (Array.isArray(value)) {
        throw wrongOption(`--${option} was given more than once.`);
    }
    return value;
}

function wrongOption(message: string): UserError {
    return new UserError("USAGE", message, "The options and what they accept: poolnv attach --help");
}

function textOption(describe: string, defaultDescription: string) {
    return { type: "string", requiresArg: true, describe, defaultDescription } as const;
}
