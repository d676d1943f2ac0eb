import type { SizeGroup, Tuning } from "../../../shared/protocol.js";
import { findMisfit } from "../../config/misfit.js";
import { checkSetting, type SettingName } from "../../config/settings.js";
import { UserError } from "../../errors.js";
import { poolDefaults } from "./pool-defaults.js";
import type { PoolOptions } from "../pool-session.js";

/**
 * The tuning in the units of the protocol. A script's options meet the same checks as those of a file.
 *
 * @throws UserError USAGE
 */
export function tuningInBytes(options: PoolOptions): Tuning {
    const { tuning = {} } = options;
    const usual = poolDefaults.tuning;
    const { quarantineMb = usual.quarantineMb, prefaultMb = usual.prefaultMb } = tuning;
    const { trimIdleSeconds = usual.trimIdleSeconds, groupsMb = {} } = tuning;
    const group = (name: SizeGroup): number => (groupsMb[name] ?? usual.groupsMb[name]) * MEGABYTE;
    checkOptions(options);
    return {
        quarantineBytes: quarantineMb * MEGABYTE,
        prefaultBytes: prefaultMb * MEGABYTE,
        trimIdleSeconds,
        groupBytes: {
            small: group("small"),
            medium: group("medium"),
            large: group("large"),
            huge: group("huge"),
        },
    };
}

const MEGABYTE = 1_048_576;

type TuningSetting = Exclude<
    SettingName,
    | "engine"
    | "wine_prefix"
    | "pool_size_mb"
    | "strategy"
    | "reserve"
    | "layers"
    | "game_console"
    | "print_in_game"
    | "extra_patches"
    | "log"
>;

/**
 * Names are those of a configuration file; what is not set is in order.
 *
 * @throws UserError USAGE for options that can't be, or not together
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
    const misfit = findMisfit({ ...settings, pool_size_mb: poolSizeMb, strategy, reserve, layers, extra_patches });
    if (misfit !== null) {
        throw new UserError("USAGE", `${misfit.what}.`, misfit.resolution);
    }
}
