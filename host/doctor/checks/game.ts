import type { FoundGame, GamesFound } from "../../game/found-game.js";
import { type Finding, ok, warning } from "../finding.js";

/** Which installations there are, and where each was found. */
export function checkGames({ games, unreadable }: GamesFound): Finding[] {
    const told = unreadable.map(({ path, reason }) =>
        warning("search", `${path}: ${reason}`, "If the game is there, name its folder: --game DIR"),
    );
    const [only, second] = games;
    if (only === undefined)
        return [
            warning(
                "game",
                "no installation of Fallout: New Vegas was found",
                "If there is one, name its folder: poolnv doctor --game DIR",
            ),
            ...told,
        ];
    const several = second === undefined ? [] : [oneOf(games)];
    return [...games.map(describe), ...several, ...told];
}

export function describe({ folder, store, via, prefix }: FoundGame): Finding {
    const whose = store === "unknown" ? "" : `, from ${stores[store]}`;
    const where = prefix === null ? "" : `; Wine prefix ${prefix}`;
    return ok("game", `the game is in ${folder}${whose} (${via.join("; ")})${where}`);
}

const stores = { steam: "Steam", gog: "GOG", bethesda: "Bethesda" };

function oneOf(games: readonly FoundGame[]): Finding {
    return warning(
        "game",
        `there are ${games.length} installations, so none was looked into`,
        `Name one: poolnv doctor --game "${games[0]!.folder}"`,
    );
}
