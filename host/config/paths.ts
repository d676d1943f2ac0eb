import path from "node:path";

import { rowOf, settingNames, type Settings } from "./settings.js";

/**
 * Makes the settings that are paths absolute. A path of the other world, such as `C:\logs\pool.log` for a program under
 * Wine, is absolute already and stays as it is.
 *
 * @param folder where relative paths start
 */
export function resolvePaths(settings: Settings, folder: string): Settings {
    const resolved = { ...settings };
    for (const name of settingNames.filter((name) => rowOf(name).kind.isPath)) {
        const value = settings[name];
        if (typeof value === "string" && !path.isAbsolute(value) && !path.win32.isAbsolute(value)) {
            Object.assign(resolved, { [name]: path.resolve(folder, value) });
        }
    }
    return resolved;
}
