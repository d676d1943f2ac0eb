import { join } from "node:path";
import { findWine } from "./setup/find-wine.js";
import { findWindowsPython } from "./setup/windows-python.js";
import type { WorkerCommand } from "./worker/worker-process.js";
import { pythonWorker } from "./python.js";

/** Which Wine, and which of its prefixes; null: the default. */
export interface WinePlace {
    /** Path of the Wine. */
    loader: string | null;
    /** Folder of the prefix. */
    prefix: string | null;
}

/** How to start Windows Python as the worker, or the reason why it can't be. */
export function wineCommand(place: WinePlace, programOutput: WorkerCommand["programOutput"]): WorkerCommand | string {
    const loader = place.loader ?? findWine();
    if (loader === null) return "there is no Wine on this system";
    const folder = findWindowsPython();
    if (folder === null) return "the Windows Python with the frida wheel is not prepared";
    return {
        file: loader,
        args: [windowsPath(join(folder, "python.exe")), "-I", "-B", "-u", windowsPath(pythonWorker()), "0", "1"],
        env: {
            ...process.env,
            WINEDEBUG: process.env["WINEDEBUG"] ?? "-all",
            ...(place.prefix === null ? {} : { WINEPREFIX: place.prefix }),
        },
        channel: "standard",
        programOutput,
    };
}

/** A path of this system as programs under Wine write it. */
export function windowsPath(path: string): string {
    return "Z:" + path.replaceAll("/", "\\");
}
