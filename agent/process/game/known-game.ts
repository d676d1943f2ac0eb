import type { GameProfile } from "../../../shared/games/profile.js";
import { profilesOf } from "../../../shared/games/index.js";
import { readVersion } from "./version-resource.js";

/** What this process seems to be, by the name of its program and its version resource; nothing of its code is looked at. */
export interface SeemingGame {
    version: string;
    /** Every version of it that poolnv knows. */
    known: GameProfile[];
    /** The one of that version. */
    profile: GameProfile | null;
}

/** Not looked at yet. A program does not become another one. */
let seen: SeemingGame | null | undefined;

/** Null for a program that is no game we know; a program that bears the name alone, without a version, is none. */
export function seemingGame(): SeemingGame | null {
    if (seen === undefined) seen = look();
    return seen;
}

function look(): SeemingGame | null {
    const known = Process.arch === "ia32" ? profilesOf(Process.mainModule.name) : [];
    const version = known.length === 0 ? null : readVersion(Process.mainModule);
    if (version === null) return null;
    return { version, known, profile: known.find((profile) => profile.version === version) ?? null };
}
