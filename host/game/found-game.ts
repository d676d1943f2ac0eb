import type { Unreadable } from "./steam/libraries.js";

/** Who installed a game, as far as the place where it was found tells. */
export type Store = "steam" | "gog" | "bethesda" | "unknown";

/** A folder that should have the game in it, and why. */
export interface GamePlace {
    readonly folder: string;
    readonly store: Store;
    /** What names the folder, for people: a manifest, a key of a registry, a usual place. */
    readonly via: string;
    /** The Wine prefix in which the game runs from there, if that is known. */
    readonly prefix: string | null;
    /** Whether something says that the game *is* there, so that its absence is worth telling. */
    readonly promised: boolean;
}

/** An installation of the game. */
export interface FoundGame {
    /** Its folder, as this system spells it. */
    readonly folder: string;
    /** Its `FalloutNV.exe`, as this system spells it. */
    readonly program: string;
    /** Who installed it. */
    readonly store: Store;
    /** Everything that named it, the first found first. */
    readonly via: readonly string[];
    /** The Wine prefix in which it runs; null: none, or not known. */
    readonly prefix: string | null;
}

/** What a search for the game has come to. Nothing unreadable ends it. */
export interface GamesFound {
    /** The installations, each once. */
    readonly games: readonly FoundGame[];
    /** Manifests, lists and registries that could not be read, and places that promise a game that is not there. */
    readonly unreadable: readonly Unreadable[];
}

/** What was gathered at some of the places. */
export interface Places {
    readonly places: readonly GamePlace[];
    readonly unreadable: readonly Unreadable[];
}

export function joinPlaces(parts: readonly Places[]): Places {
    return {
        places: parts.flatMap(({ places }) => places),
        unreadable: parts.flatMap(({ unreadable }) => unreadable),
    };
}
