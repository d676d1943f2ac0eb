import { EOL } from "node:os";
import { fileURLToPath } from "node:url";
import { writeTemplate } from "../config/template.js";
import type { ExaminedGame } from "../doctor/examined-game.js";
import { cmdLauncher, cmdLauncherName } from "./launcher/cmd.js";
import { type LauncherInput, programToStart } from "./launcher/launcher-input.js";
import { shLauncher, shLauncherName } from "./launcher/sh.js";
import { configurationPath } from "./manifest.js";

/** A file to write. */
export interface WantedFile {
    /** Path in the game's folder, with slashes. */
    readonly path: string;
    /** Its content. Paths in it are as in `files/path-bytes.ts`. */
    readonly content: string;
    /** Its permissions before the umask. */
    readonly mode: number;
}

/**
 * The launcher for this system, and a settings file with a comment for each setting.
 *
 * @throws UserError USAGE for a path that a script can't hold
 */
export function wantedFiles(examined: ExaminedGame, platform = process.platform): WantedFile[] {
    const { folder, game, store, prefix } = examined.installation;
    const input: LauncherInput = {
        game,
        folder,
        program: programToStart(examined),
        prefix,
        onlyThroughSteam: store === "steam" && prefix !== null && isProton(prefix),
        node: process.execPath,
        poolnv: fileURLToPath(new URL("../bin.js", import.meta.url)),
    };
    return [
        platform === "win32"
            ? { path: cmdLauncherName, content: cmdLauncher(input), mode: 0o666 }
            : { path: shLauncherName, content: shLauncher(input), mode: 0o777 },
        { path: configurationPath(game), content: writeTemplate().replaceAll("\n", EOL), mode: 0o666 },
    ];
}

/** Steam keeps Proton's prefixes in `compatdata`. */
function isProton(prefix: string): boolean {
    return /[\\/]compatdata[\\/]/.test(prefix);
}
