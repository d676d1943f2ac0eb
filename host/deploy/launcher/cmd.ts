import { type Launched, LAUNCH_LOG, WAIT_SECONDS } from "./launched.js";
import { escapeForCmd } from "./quote.js";

/** File name of the launcher. */
export const CMD_LAUNCHER = "poolnv-launch.cmd";

/**
 * The launcher for Windows. It starts the game, through xNVSE's loader where that is the way, and attaches as soon as
 * the game runs; `poolnv launch` would put the pool into the loader. Names are set once, before anything else, and stand
 * within quotation marks from then on, where cmd looks into none of them a second time.
 */
export function cmdLauncher({ program, node, poolnv }: Launched): string {
    const lines = [
        "@echo off",
        "rem Starts Fallout: New Vegas and puts poolnv's pool under it. Written by: poolnv deploy",
        "rem Taken away by: poolnv deploy --uninstall",
        "setlocal EnableExtensions DisableDelayedExpansion",
        ...(/\P{ASCII}/u.test(program + node + poolnv) ? ["chcp 65001 >nul"] : []),
        `set "program=${escapeForCmd(program)}"`,
        `set "node=${escapeForCmd(node)}"`,
        `set "poolnv=${escapeForCmd(poolnv)}"`,
        'cd /d "%~dp0"',
        'start "" "%~dp0%program%"',
        'if not exist "%node%" goto missing',
        'if not exist "%poolnv%" goto missing',
        `"%node%" "%poolnv%" attach FalloutNV.exe --detach --wait ${WAIT_SECONDS} >"%~dp0${LAUNCH_LOG}" 2>&1 <nul`,
        "if errorlevel 1 goto failed",
        "exit /b 0",
        ":missing",
        "echo The game starts without its pool: poolnv is no longer where it was. Run: poolnv deploy",
        "pause",
        "exit /b 1",
        ":failed",
        `type "%~dp0${LAUNCH_LOG}"`,
        "pause",
        "exit /b 1",
        "",
    ];
    return lines.join("\r\n");
}
