import { UserError } from "../errors.js";
import type { ConfigFile } from "./config-file.js";
import { findConflict, type SettingConflict } from "./setting-conflicts.js";
import { rowOf, type SettingName, settingNames, type Settings, type SettingValue } from "./settings.js";

/** Where a setting comes from. */
export type Origin =
    { kind: "default" } | { kind: "file"; file: string; line: number } | { kind: "option"; option: string };

/** Settings after defaults, file and options; the later override the earlier. */
export interface SettingsInForce {
    /** The settings that are set; the others have their defaults. */
    readonly settings: Settings;
    readonly origins: Record<SettingName, Origin>;
}

/**
 * Joins defaults, file and options, and checks the result for conflicts.
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
    const conflict = findConflict(inForce.settings);
    if (conflict !== null) throw conflictError(conflict, inForce);
    return inForce;
}

/** The settings in force as JSON: value, unit and origin of each. */
export function settingsDocument(inForce: SettingsInForce, file: string | null): object {
    const settings = settingNames.map((name) => {
        const origin = inForce.origins[name];
        const { section, kind } = rowOf(name);
        const place = origin.kind === "default" ? null : describeOrigin(origin);
        return [name, { section, value: valueInForce(name, inForce), unit: kind.unit, origin: origin.kind, place }];
    });
    return { file, settings: Object.fromEntries(settings) as object };
}

/** The value of a setting or its default; null if it has no default. */
export function valueInForce(name: SettingName, { settings }: SettingsInForce): SettingValue | null {
    return settings[name] ?? rowOf(name).default;
}

/** An origin for people: `--pool-size`, `pool.ini:3`, `default`. */
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
    if (options[name] !== undefined && option !== undefined) return { kind: "option", option };
    return config === null || line === undefined ? { kind: "default" } : { kind: "file", file: config.file, line };
}

/** Names the last of the conflicting lines. */
function conflictError(conflict: SettingConflict, { settings, origins }: SettingsInForce): UserError {
    const { names, what, resolution, limitedBy } = conflict;
    const places = names
        .filter((name) => settings[name] !== 0)
        .map((name) => origins[name])
        .filter((origin) => origin.kind === "file")
        .sort((one, other) => other.line - one.line);
    const place = places[0] === undefined ? "" : `${describeOrigin(places[0])}: `;
    const limit = limitedBy === undefined ? "" : ` (${shortOrigin(origins[limitedBy])})`;
    return new UserError("BAD_CONFIG", `${place}${what}${limit}.`, resolution);
}

function shortOrigin(origin: Origin): string {
    return origin.kind === "file" ? `line ${origin.line}` : describeOrigin(origin);
}
