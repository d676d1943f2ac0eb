import { type ConfigFile, readConfigFile } from "../../config/config-file.js";
import type { FoundConfigFile } from "../../config/find-config-file.js";
import type { PoolOptions } from "../../config/pool-options.js";
import { resolvePaths, rowOf, settingNames, type Settings } from "../../config/settings.js";
import { joinSettings, type SettingsInForce } from "../../config/settings-in-force.js";
import { toPoolOptions } from "../../config/to-pool-options.js";
import { fullPath } from "../../files/path-bytes.js";
import type { EngineChoice } from "../../frida/engine.js";
import type { Output } from "../output.js";
import type { PoolArguments } from "./shared-options.js";

/** Searches the folder of a program for a configuration file. */
type FindConfig = (engine: EngineChoice | undefined) => FoundConfigFile | null;

/**
 * Joins defaults, configuration file and options; the later override the earlier.
 *
 * @param find searches for a file if none is named
 * @throws UserError BAD_CONFIG
 */
export async function resolvePoolOptions(
    args: PoolArguments,
    output: Output,
    find: FindConfig = () => null,
): Promise<PoolOptions> {
    return poolOptionsOf(await resolveSettings(args, output, find), output);
}

/** Settings in force as options of a pool. */
export function poolOptionsOf({ config, settings }: ResolvedSettings, output: Output): PoolOptions {
    return {
        ...toPoolOptions(settings),
        ...(config === null ? {} : { settingsFile: fullPath(config.file) }),
        onProgress: (line) => output.progress(line),
    };
}

/** Settings in force, and the file that they come from. */
export type ResolvedSettings = SettingsInForce & { config: ConfigFile | null };

/** The same as settings, each with its origin. */
export async function resolveSettings(
    args: PoolArguments,
    output: Output,
    find: FindConfig = () => null,
): Promise<ResolvedSettings> {
    const options = resolvePaths(settingsOf(args), "");
    const file = args.config ?? trustedFile(find(options.engine), output);
    const config = file === null ? null : await readConfigFile(file);
    const inForce = joinSettings(config, options);
    if (config !== null) output.progress(`settings from ${config.file}`);
    return { ...inForce, config };
}

/** The options that are settings, by the names of a configuration file. */
export function settingsOf(args: PoolArguments): Settings {
    const given = settingNames.flatMap((name) => {
        const { option } = rowOf(name);
        const value = option === undefined ? undefined : args[option as keyof PoolArguments];
        return value === undefined ? [] : [[name, value]];
    });
    return Object.fromEntries(given) as Settings;
}

function trustedFile(found: FoundConfigFile | null, output: Output): string | null {
    if (found?.trusted !== false) return found?.file ?? null;
    output.warning(`${found.file} belongs to another user and is not used; to use it: --config ${found.file}`);
    return null;
}
