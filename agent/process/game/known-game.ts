import { profilesOf } from "../../../shared/games/index.js";
import type { GameProfile } from "../../../shared/games/profile.js";
import { readVersion } from "./version-resource.js";

/** The game that this process is by file name and version resource; its code is not checked. */
export interface SeemingGame {
    version: string;
    /** The profiles of every known version. */
    known: GameProfile[];
    /** The profile of this version, or null. */
    profile: GameProfile | null;
}

/** Undefined before the first call. */
let seen: SeemingGame | null | undefined;

/** Null if the program is no known game, or has its name but no version resource. */
export function seemingGame(): SeemingGame | null {
    if (seen === undefined) seen = identify();
    return seen;
}

function identify(): SeemingGame | null {
    const known = Process.arch === "ia32" ? profilesOf(Process.mainModule.name) : [];
    const version = known.length === 0 ? null : readVersion(Process.mainModule);
    if (version === null) return null;
    return { version, known, profile: known.find((profile) => profile.version === version) ?? null };
}
