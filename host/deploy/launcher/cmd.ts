import { win32 } from "node:path";

import { type Launched, LAUNCH_LOG, WAIT_SECONDS } from "./launched.js";
import { escapeForCmd } from "./quote.js";

/** File name of the launcher. */
export const CMD_LAUNCHER = "poolnv-launch.cmd";

/**
 * The launcher for Windows. It starts the game, through xNVSE's loader where that is the way, and attaches as soon as
 * the game runs; `poolnv launch` would put the pool into the loader. Every path stands there as it is, within quotation
 * marks: cmd looks into no text twice, but Wine's does so with what comes from a variable.
 */
export function cmdLauncher({ folder, program, node, poolnv }: Launched): string {
    const quoted = (path: string) => `"${escapeForCmd(path)}"`;
    const log = quoted(win32.join(folder, LAUNCH_LOG));
    const lines = [
        "@echo off",
        "rem Starts Fallout: New Vegas and puts poolnv's pool under it. Written by: poolnv deploy",
        "rem Taken away by: poolnv deploy --uninstall",
        "setlocal EnableExtensions DisableDelayedExpansion",
        ...(/\P{ASCII}/u.test(folder + program + node + poolnv) ? ["chcp 65001 >nul"] : []),
        `cd /d ${quoted(folder)}`,
        `start "" ${quoted(win32.join(folder, program))}`,
        `if not exist ${quoted(node)} goto missing`,
        `if not exist ${quoted(poolnv)} goto missing`,
        `${quoted(node)} ${quoted(poolnv)} attach FalloutNV.exe --detach --wait ${WAIT_SECONDS} >${log} 2>&1 <nul`,
        "if errorlevel 1 goto failed",
        "exit /b 0",
        ":missing",
        "echo The game starts without its pool: poolnv is no longer where it was. Run: poolnv deploy",
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
