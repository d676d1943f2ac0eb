import { bytesPerMb } from "../../shared/bytes.js";
import type { SizeGroup, Tuning } from "../../shared/protocol/install.js";
import { poolDefaults, type PoolOptions } from "../config/pool-options.js";
import { findConflict } from "../config/setting-conflicts.js";
import { checkSetting, type SettingName } from "../config/settings.js";
import { UserError } from "../errors.js";

/**
 * The tuning in the units of the protocol, checked as the settings of a configuration file are.
 *
 * @throws UserError USAGE
 */
export function tuningInBytes(options: PoolOptions): Tuning {
    const { tuning = {} } = options;
    const defaults = poolDefaults.tuning;
    const { quarantineMb = defaults.quarantineMb, prefaultMb = defaults.prefaultMb } = tuning;
    const { trimIdleSeconds = defaults.trimIdleSeconds, groupsMb = {} } = tuning;
    const group = (name: SizeGroup): number => (groupsMb[name] ?? defaults.groupsMb[name]) * bytesPerMb;
    checkOptions(options);
    return {
        quarantineBytes: quarantineMb * bytesPerMb,
        prefaultBytes: prefaultMb * bytesPerMb,
        trimIdleSeconds,
        groupBytes: {
            small: group("small"),
            medium: group("medium"),
            large: group("large"),
            huge: group("huge"),
        },
    };
}

type TuningSetting = Exclude<
    SettingName,
    | "engine"
    | "wine_prefix"
    | "save_encoding"
    | "pool_size_mb"
    | "strategy"
    | "reserve"
    | "layers"
    | "game_console"
    | "print_in_game"
    | "extra_patches"
    | "sandboxed"
    | "log"
>;

/**
 * Checks options by the rules of a configuration file, and names them as it does; options that are not set pass.
 *
 * @throws UserError USAGE for values out of bounds, or that contradict one another
 */
export function checkOptions({ tuning = {}, poolSizeMb, strategy, reserve, layers, extraPatches }: PoolOptions): void {
    const { quarantineMb, prefaultMb, trimIdleSeconds, groupsMb = {} } = tuning;
    const settings: { [Name in TuningSetting]?: number } = {
        quarantine_mb: quarantineMb,
        prefault_mb: prefaultMb,
        trim_idle_s: trimIdleSeconds,
        small_mb: groupsMb.small,
        medium_mb: groupsMb.medium,
        large_mb: groupsMb.large,
        huge_mb: groupsMb.huge,
    };
    for (const name of Object.keys(settings) as TuningSetting[]) {
        const value = settings[name];
        const checked = checkSetting(name, String(value));
        if (value !== undefined && "expectation" in checked) {
            throw new UserError("USAGE", `${name} is ${value}, but ${checked.expectation}.`, "Correct the tuning.");
        }
    }
    const extra_patches = extraPatches === true ? "on" : "off";
    const conflict = findConflict({ ...settings, pool_size_mb: poolSizeMb, strategy, reserve, layers, extra_patches });
    if (conflict !== null) {
        throw new UserError("USAGE", `${conflict.what}.`, conflict.resolution);
    }
}
