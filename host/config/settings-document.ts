import { describeOrigin, type SettingsInForce } from "./settings-in-force.js";
import { rowOf, type SettingName, settingNames, type SettingValue } from "./settings.js";

/** The settings in force for a script: value, unit and origin of each. */
export function settingsDocument(inForce: SettingsInForce, file: string | null): object {
    const settings = settingNames.map((name) => {
        const origin = inForce.origins[name];
        const { section, kind } = rowOf(name);
        const place = origin.kind === "default" ? null : describeOrigin(origin);
        return [name, { section, value: valueInForce(name, inForce), unit: kind.unit, origin: origin.kind, place }];
    });
    return { file, settings: Object.fromEntries(settings) as object };
}

/** What a setting is, its default where nobody has set it; null where it has none. */
export function valueInForce(name: SettingName, { settings }: SettingsInForce): SettingValue | null {
    return settings[name] ?? rowOf(name).default;
}
