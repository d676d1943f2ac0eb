import { sections } from "../../config/setting-table.js";
import { describeOrigin, type SettingsInForce, valueInForce } from "../../config/settings-in-force.js";
import { describeDefault, rowOf, type SettingName, settingNames, writeValue } from "../../config/settings.js";

/** The settings in force below their headings: name, value, origin. */
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

function describeValue(name: SettingName, inForce: SettingsInForce): string {
    const row = rowOf(name);
    const value = valueInForce(name, inForce);
    if (value === null) return `(${describeDefault(row)})`;
    return row.kind.unit === null ? writeValue(value) : `${writeValue(value)} ${row.kind.unit}`;
}
