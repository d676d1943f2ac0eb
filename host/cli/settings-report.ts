import { sections } from "../config/sections.js";
import { describeOrigin, type SettingsInForce } from "../config/settings-in-force.js";
import {
    describeDefault,
    rowOf,
    type SettingName,
    settingNames,
    type SettingValue,
    writeValue,
} from "../config/settings.js";

/** The settings in force for people, below their headings: name, value, origin. */
export function settingsLines(inForce: SettingsInForce): string[] {
    const rows = settingNames.map((name) => ({
        section: rowOf(name).section,
        cells: [name, describeValue(name, inForce), describeOrigin(inForce.origins[name])] as const,
    }));
    const width = (column: 0 | 1): number => Math.max(...rows.map(({ cells }) => cells[column].length));
    return sections.flatMap((section) => [
        `[${section}]`,
        ...rows
            .filter((row) => row.section === section)
            .map(
                ({ cells: [name, value, origin] }) => `${name.padEnd(width(0))}  ${value.padEnd(width(1))}  ${origin}`,
            ),
    ]);
}

/** The same for a script. */
export function settingsDocument(inForce: SettingsInForce, file: string | null): object {
    const settings = settingNames.map((name) => {
        const origin = inForce.origins[name];
        const { section, kind } = rowOf(name);
        const place = origin.kind === "default" ? null : describeOrigin(origin);
        return [name, { section, value: valueOf(name, inForce), unit: kind.unit, origin: origin.kind, place }];
    });
    return { file, settings: Object.fromEntries(settings) as object };
}

function describeValue(name: SettingName, inForce: SettingsInForce): string {
    const row = rowOf(name);
    const value = valueOf(name, inForce);
    if (value === null) {
        return `(${describeDefault(row)})`;
    }
    return row.kind.unit === null ? writeValue(value) : `${writeValue(value)} ${row.kind.unit}`;
}

function valueOf(name: SettingName, { settings }: SettingsInForce): SettingValue | null {
    return settings[name] ?? rowOf(name).default;
}
