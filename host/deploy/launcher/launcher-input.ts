import { basename } from "node:path";
import type { Game } from "../../../shared/games/game.js";
import type { ExaminedGame } from "../../doctor/examined-game.js";
import { UnreadableFile } from "../../files/system-error.js";
import { findIgnoringCase } from "../../process/find-ignoring-case.js";

/** What a launcher is written from. */
export interface LauncherInput {
    /** The game that it starts. */
    readonly game: Game;
    /** Its folder. */
    readonly folder: string;
    /** File name of the program to start: the game's, or the loader that starts it with its script extender. */
    readonly program: string;
    /** Wine prefix for a start by hand; null: the default one. */
    readonly prefix: string | null;
    /** True if only Steam can start the game, in the prefix of its Proton. */
    readonly onlyThroughSteam: boolean;
    /** Full path of Node. */
    readonly node: string;
    /** Full path of poolnv's command line. */
    readonly poolnv: string;
}

/** The script extender's loader if it is installed and needed, else the game's program. */
export function programToStart({ installation, program }: ExaminedGame): string {
    const { folder, game } = installation;
    const loadsItself = !(program instanceof UnreadableFile) && program.loadsExtender;
    const loader =
        game.scriptExtender === null || loadsItself ? null : findIgnoringCase(folder, [game.scriptExtender.loader]);
    return basename(loader ?? installation.program);
}

/** Seconds that the launcher waits for the game: Steam may have to install things before it starts it. */
export const attachWaitSeconds = 300;

/** Beside the launcher: output of the last attach. */
export const launchLogName = "poolnv-launch.log";
