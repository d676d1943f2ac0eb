import { falloutNv } from "./falloutnv-1.4.0.525.js";
import type { GameProfile } from "./profile.js";

/** Every game and version that poolnv knows. */
export const gameProfiles: readonly GameProfile[] = [falloutNv];

/** The profiles of a program, by its file name; none for a program that is no game we know. */
export function profilesOf(fileName: string): GameProfile[] {
    return gameProfiles.filter(({ program }) => program.toLowerCase() === fileName.toLowerCase());
}
