import { EOL } from "node:os";
import { fileURLToPath } from "node:url";

import { writeTemplate } from "../config/template.js";
import type { GameSubject } from "../doctor/game-subject.js";
import { cmdLauncher, CMD_LAUNCHER } from "./launcher/cmd.js";
import { type Launched, programToStart } from "./launcher/launched.js";
import { shLauncher, SH_LAUNCHER } from "./launcher/sh.js";
import { CONFIGURATION, type DeployedPath } from "./manifest.js";

/** A file as it should be. */
export interface WantedFile {
    /** Its place in the game's folder. */
    readonly path: DeployedPath;
    /** What it holds. */
    readonly content: string;
    /** Its permissions, as Linux counts them, before the umask. */
    readonly mode: number;
}

/**
 * The launcher for this system, and the settings with a comment about each.
 *
 * @throws UserError USAGE for a path that no script can hold
 */
export function wantedFiles(subject: GameSubject, platform = process.platform): WantedFile[] {
    const { game } = subject;
    const launched: Launched = {
        folder: game.folder,
        program: programToStart(subject),
        prefix: game.prefix,
        onlyThroughSteam: game.store === "steam" && game.prefix !== null && isProton(game.prefix),
        node: process.execPath,
        poolnv: fileURLToPath(new URL("../bin.js", import.meta.url)),
    };
    return [
        platform === "win32"
            ? { path: CMD_LAUNCHER, content: cmdLauncher(launched), mode: 0o666 }
            : { path: SH_LAUNCHER, content: shLauncher(launched), mode: 0o777 },
        { path: CONFIGURATION, content: writeTemplate().replaceAll("\n", EOL), mode: 0o666 },
    ];
}

/** Steam keeps its prefixes there. */
function isProton(prefix: string): boolean {
    return /[\\/]compatdata[\\/]/.test(prefix);
}
