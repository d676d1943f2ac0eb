import path from "node:path";
import { fullPath } from "../files/path-bytes.js";
import { type SettingRow, settingTable } from "./setting-table.js";

type Table = typeof settingTable;

export type SettingName = keyof Table;

/** The settings that are set. */
export type Settings = { [Name in SettingName]?: NonNullable<Table[Name]["default"]> };

/** Names of the command line's options that are settings. */
export type SettingOption = NonNullable<Table[SettingName]["option"]>;

export const settingNames = Object.keys(settingTable) as SettingName[];

/** The row of a setting, whatever its kind of value. */
export function rowOf(name: SettingName): SettingRow<SettingValue> {
    return settingTable[name];
}

export type SettingValue = string | number | string[];

/** The value of a setting, or the error as a clause: `must be a whole number of MB from 16 to 1536`. */
export type CheckedSetting = { settings: Settings } | { expectation: string };

/** Reads the value of one setting from text. */
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
    if (value === null) return defaultMeans ?? "none";
    return writeValue(value) + (defaultMeans === undefined ? "" : ` (${defaultMeans})`);
}

/**
 * Makes the settings that are paths absolute. A Windows path, such as `C:\logs\pool.log` for a program under Wine, is
 * absolute already and stays as it is.
 *
 * @param folder base of relative paths
 */
export function resolvePaths(settings: Settings, folder: string): Settings {
    const resolved = { ...settings };
    for (const name of settingNames.filter((name) => rowOf(name).kind.isPath)) {
        const value = settings[name];
        if (typeof value === "string" && !path.isAbsolute(value) && !path.win32.isAbsolute(value)) {
            Object.assign(resolved, { [name]: fullPath(folder, value) });
        }
    }
    return resolved;
}
