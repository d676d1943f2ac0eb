import { homedir } from "node:os";
import { join } from "node:path";

import { readKey, type RegistryTool, windowsTool } from "./registry/windows-registry.js";
import { gamePrefixes } from "./steam/game-prefixes.js";
import { linuxSteamRoots } from "./steam/steam-roots.js";
import { joinPlaces, type GamePlace, type Places } from "./found-game.js";
import { prefixPlaces, usualFolders } from "./prefix-places.js";
import { folderIn, gameKeys, type InstallKey, steamKeys } from "./registry-places.js";
import { protonPrefix, steamPlaces } from "./steam-places.js";

/** What decides where the game is looked for; what is not given is that of this process. */
export interface GameSearch {
    /** Wine prefix of the game; then no other place is looked at. */
    readonly winePrefix?: string | undefined;
    /** Environment that names places. */
    readonly env?: NodeJS.ProcessEnv;
    /** System whose usual places are looked at. */
    readonly platform?: NodeJS.Platform;
    /** What reads the registry of Windows. */
    readonly registry?: RegistryTool;
}

/** Every place where the game may be, the likeliest first. */
export async function gamePlaces(search: GameSearch): Promise<Places> {
    const { winePrefix, env = process.env, platform = process.platform, registry = windowsTool } = search;
    if (winePrefix !== undefined) return prefixPlaces(winePrefix);
    return platform === "win32" ? windowsPlaces(env, registry) : unixPlaces(env);
}

function unixPlaces(env: NodeJS.ProcessEnv): Places {
    const home = env["HOME"] || homedir();
    const chosen = env["WINEPREFIX"];
    const prefixes = [...(chosen ? [chosen] : []), ...gamePrefixes(home), join(home, ".wine")];
    return joinPlaces([
        ...linuxSteamRoots(home).map((root) => steamPlaces({ root, prefixFor: protonPrefix })),
        ...[...new Set(prefixes)].map(prefixPlaces),
        usually(homeFolders.map((names) => join(home, ...names))),
    ]);
}

/** Where GOG's installers for Linux, Heroic and people put games. */
const homeFolders = [
    ["GOG Games", "Fallout New Vegas"],
    ["Games", "Fallout New Vegas"],
    ["Games", "Heroic", "Fallout New Vegas"],
    ["Games", "Heroic", "Fallout New Vegas Ultimate Edition"],
];

async function windowsPlaces(env: NodeJS.ProcessEnv, registry: RegistryTool): Promise<Places> {
    const steams = (await Promise.all(steamKeys.map((key) => namedBy(key, registry)))).flat();
    const named = await Promise.all(
        gameKeys.map(async (key) =>
            (await namedBy(key, registry)).map((folder): GamePlace => ({
                folder,
                store: key.store,
                via: `the registry, ${key.paths.at(-1)}`,
                prefix: null,
                promised: true,
            })),
        ),
    );
    const drive = `${env["SystemDrive"] ?? "C:"}\\`;
    return joinPlaces([
        ...[...new Set(steams)].map((root) => steamPlaces({ root, prefixFor: () => null })),
        { places: named.flat(), unreadable: [] },
        usually(usualFolders.map((names) => join(drive, ...names))),
    ]);
}

async function namedBy(key: InstallKey, registry: RegistryTool): Promise<string[]> {
    const values = await Promise.all(key.paths.map((path) => readKey(`${key.hive}\\${path}`, registry)));
    return values.flatMap((found) => folderIn(found, key) ?? []);
}

function usually(folders: readonly string[]): Places {
    const place = { store: "unknown", via: "a usual place", prefix: null, promised: false } as const;
    return { places: folders.map((folder) => ({ ...place, folder })), unreadable: [] };
}
