import { win32 } from "node:path";
import { attachWaitSeconds, type LauncherInput, launchLogName } from "./launcher-input.js";
import { escapeForCmd } from "./quote.js";

/** File name of the launcher for Windows. */
export const cmdLauncherName = "poolnv-launch.cmd";

/**
 * The launcher for Windows. It starts the game, by its script extender's loader if necessary, with the arguments that it
 * gets, and attaches when the game runs; `poolnv launch` would install the pool in the loader. Paths are written out within
 * quotation marks, instead of in a variable: cmd expands a text only once, but Wine's cmd expands the contents of variables
 * again. Wine's cmd does not read UTF-8 either.
 */
export function cmdLauncher({ game, folder, program, node, poolnv }: LauncherInput): string {
    const quoted = (path: string) => `"${escapeForCmd(path)}"`;
    const attach = `${quoted(poolnv)} attach ${quoted(game.program)} --detach --wait ${attachWaitSeconds} >${launchLogName} 2>&1 <nul`;
    const lines = [
        "@echo off",
        `rem Starts ${game.title} and installs poolnv's pool in it. Written by: poolnv deploy`,
        "rem To remove it: poolnv deploy --uninstall",
        "setlocal EnableExtensions DisableDelayedExpansion",
        ...(isAscii(node + poolnv) ? [] : ["chcp 65001 >nul"]),
        ...toFolder(folder, program, quoted),
        `start "" ${quoted(program)} %*`,
        `if not exist ${quoted(poolnv)} goto noPoolnv`,
        `if exist ${quoted(node)} goto attach`,
        "set poolnv_node=",
        'for %%I in (node.exe) do set "poolnv_node=%%~$PATH:I"',
        "if not defined poolnv_node goto noNode",
        `"%poolnv_node%" ${attach}`,
        "goto attached",
        ":attach",
        `${quoted(node)} ${attach}`,
        ":attached",
        'if not "%errorlevel%"=="0" goto failed',
        "exit /b 0",
        ":noPoolnv",
        "echo The game starts without its pool: poolnv has been moved or removed. Install it, then run: poolnv deploy",
        "pause",
        "exit /b 1",
        ":noNode",
        "echo The game starts without its pool: Node is not there. Install Node from nodejs.org, then run: poolnv deploy",
        "pause",
        "exit /b 1",
        ":failed",
        `type ${launchLogName}`,
        "pause",
        "exit /b 1",
        "",
    ];
    return lines.join("\r\n");
}

/** To the game's folder, or to the launcher's own: if the game was moved, or if the path depends on a code page. */
function toFolder(folder: string, program: string, quoted: (path: string) => string): string[] {
    const own = 'cd /d "%~dp0"';
    if (!isAscii(folder)) return [own];
    const found = quoted(win32.join(folder, program));
    return [`if not exist ${found} goto moved`, `cd /d ${quoted(folder)}`, "goto start", ":moved", own, ":start"];
}

function isAscii(text: string): boolean {
    return !/\P{ASCII}/u.test(text);
}
