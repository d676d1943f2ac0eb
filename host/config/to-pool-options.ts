import path from "node:path";
import { readConfigFile } from "./config-file.js";
import type { PoolOptions, TuningOptions } from "./pool-options.js";
import type { Settings } from "./settings.js";
import { joinSettings } from "./settings-in-force.js";

/**
 * Reads a configuration file for `attach`, `connect` and `launch`.
 *
 * @throws UserError BAD_CONFIG, naming file and line
 */
export async function readPoolOptions(file: string): Promise<PoolOptions> {
    const { settings } = joinSettings(await readConfigFile(file), {});
    return { ...toPoolOptions(settings), settingsFile: path.resolve(file) };
}

/** Settings as options of the programming interface; a setting that is not set is left out. */
export function toPoolOptions(settings: Settings): PoolOptions {
    return withoutUnset<PoolOptions>({
        engine: settings.engine,
        winePrefix: settings.wine_prefix,
        poolSizeMb: settings.pool_size_mb,
        strategy: settings.strategy,
        reserve: settings.reserve,
        layers: settings.layers,
        gameConsole: isOn(settings.game_console),
        printInGame: isOn(settings.print_in_game),
        extraPatches: isOn(settings.extra_patches),
        sandboxed: isOn(settings.sandboxed),
        logFile: settings.log,
        tuning: unlessEmpty(toTuningOptions(settings)),
    });
}

function toTuningOptions(settings: Settings): TuningOptions {
    return withoutUnset<TuningOptions>({
        quarantineMb: settings.quarantine_mb,
        prefaultMb: settings.prefault_mb,
        trimIdleSeconds: settings.trim_idle_s,
        groupsMb: unlessEmpty(
            withoutUnset({
                small: settings.small_mb,
                medium: settings.medium_mb,
                large: settings.large_mb,
                huge: settings.huge_mb,
            }),
        ),
    });
}

function isOn(setting: "on" | "off" | undefined): boolean | undefined {
    return setting === undefined ? undefined : setting === "on";
}

function withoutUnset<Fields extends object>(fields: Fields): Fields {
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
}

function unlessEmpty<Fields extends object>(fields: Fields): Fields | undefined {
    return Object.keys(fields).length === 0 ? undefined : fields;
}
