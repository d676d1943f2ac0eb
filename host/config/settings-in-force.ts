import { UserError } from "../errors.js";
import type { ConfigFile } from "./config-file.js";
import { findMisfit, type Misfit } from "./misfit.js";
import { rowOf, type SettingName, settingNames, type Settings } from "./settings.js";

/** Where a setting comes from. */
export type Origin =
    { kind: "default" } | { kind: "file"; file: string; line: number } | { kind: "option"; option: string };

/** Settings after defaults, file and options, the later winning over the earlier. */
export interface SettingsInForce {
    /** What differs from "not set"; the rest has its default. */
    readonly settings: Settings;
    readonly origins: Record<SettingName, Origin>;
}

/**
 * Joins defaults, file and options, and looks whether the result goes together.
 *
 * @param options settings made on the command line
 * @throws UserError BAD_CONFIG, naming file and line
 */
export function joinSettings(config: ConfigFile | null, options: Settings): SettingsInForce {
    const inForce: SettingsInForce = {
        settings: { ...config?.settings, ...options },
        origins: Object.fromEntries(settingNames.map((name) => [name, originOf(name, config, options)])) as Record<
            SettingName,
            Origin
        >,
    };
    const misfit = findMisfit(inForce.settings);
    if (misfit !== null) {
        throw misfitError(misfit, inForce);
    }
    return inForce;
}

/** An origin in a few words: `--pool-size`, `pool.ini:3`, `default`. */
export function describeOrigin(origin: Origin): string {
    switch (origin.kind) {
        case "option":
            return `--${origin.option}`;
        case "file":
            return `${origin.file}:${origin.line}`;
        case "default":
            return "default";
    }
}

function originOf(name: SettingName, config: ConfigFile | null, options: Settings): Origin {
    const { option } = rowOf(name);
    const line = config?.lines[name];
    if (options[name] !== undefined && option !== undefined) {
        return { kind: "option", option };
    }
    return config === null || line === undefined ? { kind: "default" } : { kind: "file", file: config.file, line };
}

/** The last line at fault is named: the one at which the settings stopped going together. */
function misfitError({ names, what, resolution, boundBy }: Misfit, { settings, origins }: SettingsInForce): UserError {
    const places = names
        .filter((name) => settings[name] !== 0)
        .map((name) => origins[name])
        .filter((origin) => origin.kind === "file")
        .sort((one, other) => other.line - one.line);
    const place = places[0] === undefined ? "" : `${describeOrigin(places[0])}: `;
    const bound = boundBy === undefined ? "" : ` (${shortOrigin(origins[boundBy])})`;
    return new UserError("BAD_CONFIG", `${place}${what}${bound}.`, resolution);
}

function shortOrigin(origin: Origin): string {
    return origin.kind === "file" ? `line ${origin.line}` : describeOrigin(origin);
}
