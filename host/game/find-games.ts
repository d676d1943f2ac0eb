import { realpathSync } from "node:fs";
import { resolve } from "node:path";

import { UserError } from "../errors.js";
import { isFile } from "../files/is-file.js";
import { isFolder } from "../files/is-folder.js";
import { findIgnoringCase } from "../process/find-ignoring-case.js";
import type { FoundGame, GamePlace, GamesFound } from "./found-game.js";
import { gamePlaces, type GameSearch } from "./game-places.js";

/**
 * Finds installations of the game: in the libraries of Steam, by the registry of Windows or of a Wine prefix, in the usual
 * folders. Reads what others have written and believes none of it: a game is a folder with `FalloutNV.exe` in it.
 */
export async function findGames(search: GameSearch = {}): Promise<GamesFound> {
    const { places, unreadable } = await gamePlaces(search);
    const absent = places.filter((place) => place.promised && programIn(place.folder) === null);
    return {
        games: withoutRepetition(places.flatMap((place) => gameAt(place) ?? [])),
        unreadable: [
            ...unreadable,
            ...absent.map(({ folder, via }) => ({ path: via, reason: `it names ${folder}, where no ${PROGRAM} is` })),
        ],
    };
}

/**
 * The game in a folder that a person named.
 *
 * @throws UserError NO_GAME
 */
export function gameIn(folder: string): FoundGame {
    const full = resolve(folder);
    const program = programIn(full);
    if (program !== null) return { folder: full, program, store: "unknown", via: ["named"], prefix: null };
    throw new UserError(
        "NO_GAME",
        isFolder(full) ? `There is no ${PROGRAM} in ${full}.` : `There is no folder ${full}.`,
        `Name the folder that ${PROGRAM} is in: --game DIR`,
    );
}

/**
 * The one game that is meant: that in the named folder, else the only one that is found.
 *
 * @throws UserError NO_GAME, SEVERAL_GAMES
 */
export async function theGame(folder: string | undefined, search: GameSearch = {}): Promise<FoundGame> {
    return folder === undefined ? onlyOne(await findGames(search)) : gameIn(folder);
}

const PROGRAM = "FalloutNV.exe";

function onlyOne({ games, unreadable }: GamesFound): FoundGame {
    const [only, second] = games;
    if (only !== undefined && second === undefined) return only;
    if (only === undefined)
        throw new UserError(
            "NO_GAME",
            [
                "No installation of Fallout: New Vegas was found",
                ...unreadable.map(({ path, reason }) => `${path}: ${reason}`),
            ].join("; "),
            `Name the folder that ${PROGRAM} is in: --game DIR`,
        );
    throw new UserError(
        "SEVERAL_GAMES",
        `${games.length} installations of the game were found: ${games.map(({ folder }) => folder).join(", ")}`,
        `Name one of them: --game "${only.folder}"`,
    );
}

function gameAt({ folder, store, via, prefix }: GamePlace): FoundGame | null {
    const program = programIn(folder);
    return program === null ? null : { folder, program, store, via: [via], prefix };
}

function programIn(folder: string): string | null {
    const program = findIgnoringCase(folder, [PROGRAM]);
    return program !== null && isFile(program) ? program : null;
}

/** One installation may be found in several ways, and through several links. */
function withoutRepetition(games: readonly FoundGame[]): FoundGame[] {
    const byPlace = new Map<string, FoundGame>();
    for (const game of games) {
        const place = realpathSync(game.folder);
        const known = byPlace.get(place);
        byPlace.set(place, known === undefined ? game : merge(known, game));
    }
    return [...byPlace.values()];
}

function merge(first: FoundGame, other: FoundGame): FoundGame {
    return {
        ...first,
        store: first.store === "unknown" ? other.store : first.store,
        via: [...new Set([...first.via, ...other.via])],
        prefix: first.prefix ?? other.prefix,
    };
}
