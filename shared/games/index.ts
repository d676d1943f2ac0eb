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

/** The refusal of a version that has no profile. */
export function unknownVersion(program: string, version: string, known: readonly GameProfile[]): string {
    const versions = known.map((profile) => profile.version).join(", ");
    return `${program} has version ${version}; poolnv knows ${versions} only`;
}

/** What to do about that refusal; null: there is no special advice for this version. */
export function adviceFor(refusal: string, profiles: readonly GameProfile[] = gameProfiles): string | null {
    for (const { program, versionAdvice } of gamesOf(profiles)) {
        for (const [version, advice] of Object.entries(versionAdvice)) {
            const text = unknownVersion(program, version, profilesOf(program, profiles));
            if (isSame(text, refusal)) return advice;
        }
    }
    return null;
}

function isSame(one: string, other: string): boolean {
    return one.toLowerCase() === other.toLowerCase();
}
