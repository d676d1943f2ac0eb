import { type SettingRow, settingTable } from "./setting-table.js";

type Table = typeof settingTable;

export type SettingName = keyof Table;

/** Settings that somebody made; what is not set is left out. */
export type Settings = { [Name in SettingName]?: NonNullable<Table[Name]["default"]> };

/** Names of the command line's options that are settings. */
export type SettingOption = NonNullable<Table[SettingName]["option"]>;

export const settingNames = Object.keys(settingTable) as SettingName[];

/** The row of a setting, whatever its kind of value. */
export function rowOf(name: SettingName): SettingRow<SettingValue> {
    return settingTable[name];
}

export type SettingValue = string | number | string[];

/** A setting's value, or what it must be, as the rest of a sentence. */
export type CheckedSetting = { settings: Settings } | { expectation: string };

/** Checks one setting. */
export function checkSetting(name: SettingName, text: string): CheckedSetting {
    const reading = rowOf(name).kind.read(text);
    return "value" in reading ? { settings: { [name]: reading.value } } : reading;
}

/** A value as it is written in a file. */
export function writeValue(value: SettingValue): string {
    return Array.isArray(value) ? value.join(", ") : String(value);
}

/** The default for people: `1536`, `0 (off)`, `the program's own`. */
export function describeDefault({ default: value, defaultMeans }: SettingRow<SettingValue>): string {
    if (value === null) {
        return defaultMeans ?? "none";
    }
    return writeValue(value) + (defaultMeans === undefined ? "" : ` (${defaultMeans})`);
}
