import path from "node:path";

import { type ConfigFile, readConfigFile } from "../../config/config-file.js";
import type { FoundConfigFile } from "../../config/find-config-file.js";
import { resolvePaths } from "../../config/paths.js";
import { toPoolOptions } from "../../config/pool-options.js";
import { joinSettings, type SettingsInForce } from "../../config/settings-in-force.js";
import { checkSetting, rowOf, settingNames, type SettingOption, type Settings } from "../../config/settings.js";
import type { EngineChoice } from "../../frida/engine.js";
import { UserError } from "../../errors.js";
import type { PoolOptions } from "../../config/options.js";
import type { Output } from "../output.js";
import type { PoolArguments } from "./shared-options.js";

/** Looks for the configuration file that a program brings along. */
type FindConfig = (engine: EngineChoice | undefined) => FoundConfigFile | null;

/**
 * Joins defaults, configuration file and options, the later winning over the earlier.
 *
 * @param find where to look for a file when none is named
 * @throws UserError USAGE for an option, BAD_CONFIG for the file
 */
export async function resolvePoolOptions(
    args: PoolArguments,
    output: Output,
    find: FindConfig = () => null,
): Promise<PoolOptions> {
    const { config, settings } = await resolveSettings(args, output, find);
    return {
        ...toPoolOptions(settings),
        ...(config === null ? {} : { settingsFile: path.resolve(config.file) }),
        onProgress: (line) => output.progress(line),
    };
}

/** The same as settings, each with its origin. */
export async function resolveSettings(
    args: PoolArguments,
    output: Output,
    find: FindConfig = () => null,
): Promise<SettingsInForce & { config: ConfigFile | null }> {
    const options = resolvePaths(readOptions(args), process.cwd());
    const file = single("config", args.config) ?? foundFile(find(options.engine), output);
    const config = file === null ? null : await readConfigFile(file);
    const inForce = joinSettings(config, options);
    if (config !== null) {
        output.progress(`settings from ${config.file}`);
    }
    return { ...inForce, config };
}

function foundFile(found: FoundConfigFile | null, output: Output): string | null {
    if (found?.trusted === false) {
        output.warning(`${found.file} belongs to another user and is not used; to use it: --config ${found.file}`);
        return null;
    }
    return found?.file ?? null;
}

/** Checks the options that are settings, too. */
export function readOptions(args: PoolArguments): Settings {
    const settings: Settings = {};
    for (const name of settingNames) {
        const option = rowOf(name).option as SettingOption | undefined;
        const text = option === undefined ? undefined : single(option, args[option]);
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

/** An option that may be given once. */
export function single(option: string, value: string | string[] | undefined): string | undefined {
    if (Array.isArray(value)) {
        throw wrongOption(`--${option} was given more than once.`);
    }
    return value;
}

function wrongOption(message: string): UserError {
    return new UserError("USAGE", message, "The options and what they accept: poolnv attach --help");
}
