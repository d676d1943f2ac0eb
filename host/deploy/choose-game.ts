import { UserError } from "../errors.js";
import type { Finding } from "../doctor/finding.js";
import { examineGame } from "../doctor/examine-game.js";
import { type GameSubject, gameSubject } from "../doctor/game-subject.js";
import { preparedForWine } from "../doctor/checks/engine.js";
import { theGame } from "../game/find-games.js";
import type { GameSearch } from "../game/game-places.js";

/** A game that may be deployed into. */
export interface SuitableGame {
    /** The game, and what its program's file tells. */
    readonly subject: GameSubject;
    /** What there is to be mended, none of which keeps the pool from working in it. */
    readonly warnings: readonly Finding[];
}

/**
 * The one game that is meant, looked into as doctor does.
 *
 * @throws UserError NO_GAME, SEVERAL_GAMES; UNSUITABLE_GAME where the pool would be refused
 */
export async function chooseSuitableGame(folder: string | undefined, search: GameSearch): Promise<SuitableGame> {
    const subject = gameSubject(await theGame(folder, search));
    const findings = examineGame(subject);
    const refused = findings.find(({ level }) => level === "error");
    if (refused !== undefined)
        throw new UserError(
            "UNSUITABLE_GAME",
            `Nothing was written to ${subject.game.folder}: ${refused.message}`,
            refused.resolution ?? "See: poolnv doctor",
        );
    // The launcher is of use once the engine is prepared, which may be done later.
    const engine = process.platform === "win32" ? [] : [preparedForWine()];
    return { subject, warnings: [...findings, ...engine].filter(({ level }) => level !== "ok") };
}
