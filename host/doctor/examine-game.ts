import { checkLogFolder, programChecks } from "./checks/game-folder.js";
import { modChecks } from "./checks/mods.js";
import type { ExaminedGame } from "./examined-game.js";
import type { Finding } from "./finding.js";

/** Runs every check of a game's folder. The order is that of the report. */
export function examineGame(game: ExaminedGame): Finding[] {
    return [...programChecks, ...modChecks, checkLogFolder].flatMap((check) => check(game));
}
