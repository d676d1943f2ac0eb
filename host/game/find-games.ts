import { join, normalize } from "node:path";
import type { Game } from "../../shared/games/game.js";
import { gameProfiles, gamesOf } from "../../shared/games/index.js";
import { UserError } from "../errors.js";
import { fullPath, realPath } from "../files/path-bytes.js";
import { isFile, isFolder } from "../files/read-file.js";
import { findIgnoringCase } from "../process/find-ignoring-case.js";
import type { FoundGame, GamePlace, GamesFound, Store } from "./found-game.js";
import { gamePlaces, type GameSearch } from "./game-places.js";

/**
 * Finds installations of games: in Steam's libraries, by the registry of Windows or of a Wine prefix, in the usual folders.
 * Manifests and registries are untrusted: a game is a folder with the game's program in it.
 */
export async function findGames(search: GameSearch = {}): Promise<GamesFound> {
    const { places, unreadable } = await gamePlaces(search);
    const absent = places.filter(({ isListed, folder, game }) => isListed && programIn(folder, game) === null);
    return {
        games: withoutRepetition(places.flatMap((place) => gameAt(place) ?? [])),
        unreadable: [
            ...unreadable,
            ...absent.map(({ folder, via, game }) => ({
                path: via,
                reason: `it names ${folder}, which has no ${game.program}`,
            })),
        ],
    };
}

/**
 * The installation to work on: the one in the named folder, else the only one that is found.
 *
 * @throws UserError NO_GAME, SEVERAL_GAMES
 */
export async function theGame(folder: string | undefined, search: GameSearch = {}): Promise<FoundGame> {
    const { profiles = gameProfiles } = search;
    return folder === undefined
        ? onlyOne(await findGames(search), gamesOf(profiles))
        : gameIn(folder, gamesOf(profiles));
}

/**
 * The game in a folder that the user has named.
 *
 * @throws UserError NO_GAME
 */
export function gameIn(folder: string, games: readonly Game[] = gamesOf(gameProfiles)): FoundGame {
    const full = fullPath(folder);
    for (const game of games) {
        const program = programIn(full, game);
        if (program !== null) {
            return { game, folder: full, program, store: storeOf(full, game, "unknown"), via: ["named"], prefix: null };
        }
    }
    throw new UserError(
        "NO_GAME",
        isFolder(full) ? `There is no ${programsOf(games)} in ${full}.` : `There is no folder ${full}.`,
        nameTheFolder(games),
    );
}

function onlyOne({ games, unreadable }: GamesFound, wanted: readonly Game[]): FoundGame {
    const [only, second] = games;
    if (only !== undefined && second === undefined) return only;
    if (only === undefined) {
        throw new UserError(
            "NO_GAME",
            [
                `No installation of ${wanted.map(({ title }) => title).join(" or ")} was found`,
                ...unreadable.map(({ path, reason }) => `${path}: ${reason}`),
            ].join("; "),
            nameTheFolder(wanted),
        );
    }
    throw new UserError(
        "SEVERAL_GAMES",
        `${games.length} installations were found: ${games.map(({ folder }) => folder).join(", ")}`,
        `Choose one of them: --game "${only.folder}"`,
    );
}

function nameTheFolder(games: readonly Game[]): string {
    return `Name the folder that ${programsOf(games)} is in: --game DIR`;
}

function programsOf(games: readonly Game[]): string {
    return games.map(({ program }) => program).join(" or ");
}

function gameAt({ game, folder: named, store, via, prefix }: GamePlace): FoundGame | null {
    const folder = inOwnSpelling(named);
    const program = programIn(folder, game);
    return program === null ? null : { game, folder, program, store: storeOf(folder, game, store), via: [via], prefix };
}

/** An edition of its own can be recognised wherever it was copied to. */
function storeOf(folder: string, { epic }: Game, known: Store): Store {
    return known === "unknown" && epic !== null && findIgnoringCase(folder, [epic.mark]) !== null ? "epic" : known;
}

/** Windows opens a folder in any case and with any separator; Steam writes its own in lower case, with slashes. */
function inOwnSpelling(folder: string): string {
    if (process.platform !== "win32" || !isFolder(folder)) return folder;
    const real = realPath(folder);
    return real.toLowerCase() === normalize(folder).toLowerCase() ? real : folder;
}

function programIn(folder: string, game: Game): string | null {
    const program = findIgnoringCase(folder, [game.program]);
    return program !== null && isFile(program) ? program : null;
}

/** Several sources and several links may lead to one installation. */
function withoutRepetition(games: readonly FoundGame[]): FoundGame[] {
    const byPath = new Map<string, FoundGame>();
    for (const found of games) {
        const path = join(realPath(found.folder), found.game.program);
        const known = byPath.get(path);
        byPath.set(path, known === undefined ? found : merge(known, found));
    }
    return [...byPath.values()];
}

function merge(first: FoundGame, other: FoundGame): FoundGame {
    return {
        ...first,
        store: first.store === "unknown" ? other.store : first.store,
        via: [...new Set([...first.via, ...other.via])],
        prefix: first.prefix ?? other.prefix,
    };
}
