import { checkWineEngineFiles } from "../doctor/checks/system.js";
import { examineGame } from "../doctor/examine-game.js";
import { type ExaminedGame, readGame } from "../doctor/examined-game.js";
import type { Finding } from "../doctor/finding.js";
import { UserError } from "../errors.js";
import { theGame } from "../game/find-games.js";
import type { GameSearch } from "../game/game-places.js";

/** A game that the pool can be deployed into. */
export interface SuitableGame {
    /** The game and the facts of its program. */
    readonly game: ExaminedGame;
    /** Findings that do not keep the pool from working. */
    readonly warnings: readonly Finding[];
}

/**
 * Chooses the game to deploy into, and examines it as doctor does.
 *
 * @throws UserError NO_GAME, SEVERAL_GAMES; UNSUITABLE_GAME if the game would refuse the pool
 */
export async function chooseSuitableGame(folder: string | undefined, search: GameSearch): Promise<SuitableGame> {
    const game = readGame(await theGame(folder, search), search.profiles);
    const findings = examineGame(game);
    const refused = findings.find(({ level }) => level === "error");
    if (refused !== undefined) {
        throw new UserError(
            "UNSUITABLE_GAME",
            `Nothing was written to ${game.installation.folder}: ${refused.message}`,
            refused.resolution ?? "See: poolnv doctor",
        );
    }
    // The engine may be prepared later, before the first start.
    const engine = process.platform === "win32" ? [] : [checkWineEngineFiles()];
    return { game, warnings: [...findings, ...engine].filter(({ level }) => level !== "ok") };
}
