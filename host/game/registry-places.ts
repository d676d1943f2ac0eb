import type { RegistryValues } from "./registry/registry-text.js";
import type { Store } from "./found-game.js";

/** A key in which an installer leaves where it put something, below `HKEY_LOCAL_MACHINE` or `HKEY_CURRENT_USER`. */
export interface InstallKey {
    readonly hive: "HKLM" | "HKCU";
    /** Its paths: that of a 32-bit program on 64-bit Windows, then that on 32-bit Windows and in 32-bit prefixes. */
    readonly paths: readonly string[];
    /** Name of the value with the folder. */
    readonly value: string;
}

/** Where Steam says that it is. */
export const steamKeys: readonly InstallKey[] = [
    { hive: "HKCU", paths: ["Software\\Valve\\Steam"], value: "SteamPath" },
    { hive: "HKLM", paths: inBoth("Valve\\Steam"), value: "InstallPath" },
];

/** Where the game itself is: GOG's number of it, and what Bethesda's own installer and launcher write. */
export const gameKeys: readonly (InstallKey & { store: Store })[] = [
    { hive: "HKLM", paths: inBoth("GOG.com\\Games\\1454587428"), value: "path", store: "gog" },
    { hive: "HKLM", paths: inBoth("Bethesda Softworks\\FalloutNV"), value: "Installed Path", store: "bethesda" },
];

/** The folder that a key names, or null. */
export function folderIn(values: RegistryValues | null | undefined, { value }: InstallKey): string | null {
    return values?.get(value.toLowerCase())?.replace(/(?<=[^:])[\\/]+$/, "") || null;
}

function inBoth(key: string): string[] {
    return [`SOFTWARE\\WOW6432Node\\${key}`, `SOFTWARE\\${key}`];
}
