import { findIgnoringCase } from "../../process/find-ignoring-case.js";
import { basename } from "node:path";

import type { GameSubject } from "../../doctor/game-subject.js";
import { UnreadableFile } from "../../files/read-small-file.js";

/** What a launcher needs to know. */
export interface Launched {
    /** Folder of the game. */
    readonly folder: string;
    /** File name of the program to start: the game, or the loader that starts it with xNVSE in it. */
    readonly program: string;
    /** Wine prefix to start it in by hand; null: the usual one. */
    readonly prefix: string | null;
    /** Whether only Steam can start it, in the prefix of its Proton. */
    readonly onlyThroughSteam: boolean;
    /** Full paths of Node and of poolnv's command line. */
    readonly node: string;
    readonly poolnv: string;
}

/**
 * Which program starts the game: the game itself where the 4GB patcher has made it load xNVSE, else xNVSE's loader where
 * it is there.
 */
export function programToStart({ game, program }: GameSubject): string {
    const loader = findIgnoringCase(game.folder, ["nvse_loader.exe"]);
    const loadsItself = !(program instanceof UnreadableFile) && program.loadsXnvse;
    return basename(loader === null || loadsItself ? game.program : loader);
}

/** How long the pool waits for the game, in seconds: Steam may have things to set up first. */
export const WAIT_SECONDS = 300;

/** Beside the launcher: what the last start said. */
export const LAUNCH_LOG = "poolnv-launch.log";
