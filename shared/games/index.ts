import { falloutNv } from "./falloutnv-1.4.0.525.js";
import type { Game } from "./game.js";
import type { GameProfile } from "./profile.js";

/** Every game and version that poolnv supports. To add one, add its profile here. */
export const gameProfiles: readonly GameProfile[] = [falloutNv];

/** The profiles of a program, by its file name; empty for a program that is no supported game. */
export function profilesOf(fileName: string, profiles: readonly GameProfile[] = gameProfiles): GameProfile[] {
    return profiles.filter(({ game }) => isSame(game.program, fileName));
}

/** The games of some profiles, each once. */
export function gamesOf(profiles: readonly GameProfile[]): Game[] {
    return [...new Set(profiles.map(({ game }) => game))];
}

/**
 * Folder below a program's for settings and log. A program that is no supported game has the same as the first game, so
 * that one tree of files serves for trying things out.
 */
export function pluginFolder(fileName: string, profiles: readonly GameProfile[] = gameProfiles): readonly string[] {
    return (profilesOf(fileName, profiles)[0] ?? gameProfiles[0]!).game.plugins;
}

function isSame(one: string, other: string): boolean {
    return one.toLowerCase() === other.toLowerCase();
}
