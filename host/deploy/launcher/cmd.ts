import { win32 } from "node:path";
import { attachWaitSeconds, type LauncherInput, launchLogName } from "./launcher-input.js";
import { escapeForCmd } from "./quote.js";

/** File name of the launcher for Windows. */
export const cmdLauncherName = "poolnv-launch.cmd";

/**
 * The launcher for Windows. It starts the game, by its script extender's loader if necessary, and attaches when the game
 * runs; `poolnv launch` would install the pool in the loader. Every path is written out within quotation marks, instead of
 * in a variable: cmd expands a text only once, but Wine's cmd expands the contents of variables again.
 */
export function cmdLauncher({ game, folder, program, node, poolnv }: LauncherInput): string {
    const quoted = (path: string) => `"${escapeForCmd(path)}"`;
    const log = quoted(win32.join(folder, launchLogName));
    const attach = `attach ${quoted(game.program)} --detach --wait ${attachWaitSeconds}`;
    const lines = [
        "@echo off",
        `rem Starts ${game.title} and installs poolnv's pool in it. Written by: poolnv deploy`,
        "rem To remove it: poolnv deploy --uninstall",
        "setlocal EnableExtensions DisableDelayedExpansion",
        ...(/\P{ASCII}/u.test(folder + program + node + poolnv) ? ["chcp 65001 >nul"] : []),
        `cd /d ${quoted(folder)}`,
        `start "" ${quoted(win32.join(folder, program))}`,
        `if not exist ${quoted(node)} goto missing`,
        `if not exist ${quoted(poolnv)} goto missing`,
        `${quoted(node)} ${quoted(poolnv)} ${attach} >${log} 2>&1 <nul`,
        "if errorlevel 1 goto failed",
        "exit /b 0",
        ":missing",
        "echo The game starts without its pool: poolnv has been moved or removed. Run: poolnv deploy",
        "pause",
        "exit /b 1",
        ":failed",
        `type ${log}`,
        "pause",
        "exit /b 1",
        "",
    ];
    return lines.join("\r\n");
}
