import { homedir } from "node:os";
import { join } from "node:path";
import type { FolderKey, Game } from "../../shared/games/game.js";
import { gameProfiles, gamesOf } from "../../shared/games/index.js";
import type { GameProfile } from "../../shared/games/profile.js";
import { type GamePlace, joinPlaces, type Places } from "./found-game.js";
import { epicDataFolder, epicDataKey, epicPlaces } from "./launchers/epic.js";
import { launcherPlaces } from "./launchers/index.js";
import { prefixPlaces } from "./prefix-places.js";
import { folderOf, keyOfWindows, type RegistryTool, steamKeys, windowsTool } from "./registry/read-registry.js";
import { linuxSteamRoots, protonPrefixes } from "./steam/libraries.js";
import { protonPrefix, steamPlaces } from "./steam-places.js";

/** Where to search for games. What is not given is that of this process. */
export interface GameSearch {
    /** Wine prefix of the game; then nothing else is searched. */
    readonly winePrefix?: string | undefined;
    /** Environment variables that name places. */
    readonly env?: NodeJS.ProcessEnv;
    /** System whose usual places are searched. */
    readonly platform?: NodeJS.Platform;
    /** What reads the registry of Windows. */
    readonly registry?: RegistryTool;
    /** Games to search for; default: every supported one. */
    readonly profiles?: readonly GameProfile[];
}

/** Every place where a game may be, the likeliest first. */
export async function gamePlaces(search: GameSearch): Promise<Places> {
    const { winePrefix, env = process.env, platform = process.platform, registry = windowsTool } = search;
    const games = gamesOf(search.profiles ?? gameProfiles);
    if (winePrefix !== undefined) return prefixPlaces(winePrefix, games);
    return platform === "win32" ? windowsPlaces(env, registry, games) : unixPlaces(env, games);
}

function unixPlaces(env: NodeJS.ProcessEnv, games: readonly Game[]): Places {
    const home = env["HOME"] || homedir();
    const chosen = env["WINEPREFIX"];
    const proton = games.flatMap((game) => protonPrefixes(home, game));
    const launchers = launcherPlaces(env, home, games);
    const prefixes = [...(chosen ? [chosen] : []), ...proton, join(home, ".wine"), ...launchers.prefixes];
    return joinPlaces([
        ...linuxSteamRoots(home).map((root) => steamPlaces({ root, prefixFor: protonPrefix }, games)),
        launchers,
        ...[...new Set(prefixes)].map((prefix) => prefixPlaces(prefix, games)),
        usualPlaces(games, ({ homeFolders }) => homeFolders.map((names) => join(home, ...names))),
    ]);
}

async function windowsPlaces(env: NodeJS.ProcessEnv, registry: RegistryTool, games: readonly Game[]): Promise<Places> {
    const steamRoots = (await Promise.all(steamKeys.map((key) => foldersNamedBy(key, registry)))).flat();
    const keys = games.flatMap((game) => game.registryKeys.map((key) => ({ game, key })));
    const named = await Promise.all(
        keys.map(async ({ game, key }) =>
            (await foldersNamedBy(key, registry)).map((folder): GamePlace => {
                const via = `the registry, ${key.paths.at(-1)}`;
                return { game, folder, store: key.store, via, prefix: null, isListed: true };
            }),
        ),
    );
    const drive = `${env["SystemDrive"] ?? "C:"}\\`;
    const epicData = [
        ...(await foldersNamedBy(epicDataKey, registry)),
        join(env["ProgramData"] ?? join(drive, "ProgramData"), ...epicDataFolder),
    ];
    return joinPlaces([
        ...[...new Set(steamRoots)].map((root) => steamPlaces({ root, prefixFor: () => null }, games)),
        { places: named.flat(), unreadable: [] },
        ...[...new Set(epicData)].map((data) => epicPlaces(data, games)),
        usualPlaces(games, ({ driveFolders }) => driveFolders.map((names) => join(drive, ...names))),
    ]);
}

async function foldersNamedBy(key: FolderKey, registry: RegistryTool): Promise<string[]> {
    const values = await Promise.all(key.paths.map((path) => keyOfWindows(`${key.hive}\\${path}`, registry)));
    return values.flatMap((found) => folderOf(found, key) ?? []);
}

function usualPlaces(games: readonly Game[], foldersOf: (game: Game) => string[]): Places {
    const place = { store: "unknown", via: "a usual place", prefix: null, isListed: false } as const;
    return {
        places: games.flatMap((game) => foldersOf(game).map((folder) => ({ ...place, game, folder }))),
        unreadable: [],
    };
}
