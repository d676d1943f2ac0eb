import type { Game, Store } from "../../shared/games/game.js";

export type { Store };

/** An installation of a game. */
export interface FoundGame {
    /** What it is an installation of. */
    readonly game: Game;
    /** Its folder, in the spelling of this system. */
    readonly folder: string;
    /** Full path of its program, in the spelling of this system. */
    readonly program: string;
    /** Who installed it. */
    readonly store: Store;
    /** Every manifest, registry key or usual place that led to it, in the order of the search. */
    readonly via: readonly string[];
    /** Wine prefix in which it runs; null: none, or not known. */
    readonly prefix: string | null;
}

/** What a search has found. What can't be read does not end it. */
export interface GamesFound {
    /** The installations, each once. */
    readonly games: readonly FoundGame[];
    /** Manifests, library lists and registries that could not be read or name a folder without the game. */
    readonly unreadable: readonly Unreadable[];
}

/** Something that could not be read, or is wrong. */
export interface Unreadable {
    /** Its path or registry key. */
    readonly path: string;
    /** Why, without the path. */
    readonly reason: string;
}

/** A folder that may have a game in it. */
export interface GamePlace {
    /** Which game. */
    readonly game: Game;
    readonly folder: string;
    readonly store: Store;
    /** What led to the folder, for messages: a manifest, a registry key, a usual place. */
    readonly via: string;
    /** Wine prefix in which the game runs from there, if known. */
    readonly prefix: string | null;
    /** A manifest or a registry key says that the game is there: report it if it is not. */
    readonly isListed: boolean;
}

/** Some of the places. */
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

/** An installation in a JSON document: without the data of its game. */
export function gameDocument({ folder, program, store, via, prefix }: FoundGame): object {
    return { folder, program, store, via, prefix };
}
