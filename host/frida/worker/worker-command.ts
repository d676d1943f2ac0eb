import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findWine, windowsPath, type WinePlace } from "../../process/wine.js";
import { bindingVersion } from "../binding-package.js";
import { findPythonEnvironment } from "../setup/python-environment.js";
import { findWindowsPython } from "../setup/windows-python.js";
import { withPrivateFolder } from "./private-folder.js";

/** How to start a worker. */
export interface WorkerCommand {
    file: string;
    args: string[];
    env: NodeJS.ProcessEnv;
    /**
     * `own`: the protocol has two descriptors of its own (3 and 4), and the worker's standard output and error are ours,
     * so that a program it spawns writes to our terminal, also after we have exited. `standard`: the protocol is on
     * standard input and output, because Windows programs under Wine inherit nothing else.
     */
    channel: "own" | "standard";
    /**
     * Where a spawned program's standard output goes. `none` for a worker that spawns nothing: it outlives us, and a
     * reader of our output must not wait for its end.
     */
    programOutput: "stdout" | "stderr" | "none";
}

/** Starts the worker in Node, with the npm binding. @returns the command, or the reason why it can't be started */
export function bindingCommand(programOutput: WorkerCommand["programOutput"]): WorkerCommand | string {
    if (bindingVersion() === null) return "the npm package frida has no binary here";
    return {
        file: process.execPath,
        args: [fileURLToPath(new URL("binding/main.js", import.meta.url)), "3", "4"],
        env: withPrivateFolder(process.env),
        channel: "own",
        programOutput,
    };
}

/** Starts the worker in the private Python. @returns the command, or the reason why it can't be started */
export function pythonCommand(programOutput: WorkerCommand["programOutput"]): WorkerCommand | string {
    const environment = findPythonEnvironment();
    if (environment === null) return "the private Python environment with Frida is not prepared";
    const { python, packages } = environment;
    const onWindows = process.platform === "win32";
    const worker = [pythonWorkerFolder(), ...(onWindows ? ["0", "1"] : ["3", "4"])];
    return {
        file: python,
        // Isolated (-I), so that no variable of the user's leads to other packages.
        args: ["-I", "-B", "-u", ...(packages === null ? worker : ["-c", withPackages, packages, ...worker])],
        env: withPrivateFolder(process.env),
        channel: onWindows ? "standard" : "own",
        programOutput,
    };
}

/** Starts the worker in Windows Python under Wine. @returns the command, or the reason why it can't be started */
export function wineCommand(place: WinePlace, programOutput: WorkerCommand["programOutput"]): WorkerCommand | string {
    const loader = place.loader ?? findWine();
    if (loader === null) return "there is no Wine on this system";
    const folder = findWindowsPython();
    if (folder === null) return "the Windows Python with Frida is not prepared";
    return {
        file: loader,
        args: [windowsPath(join(folder, "python.exe")), "-I", "-B", "-u", windowsPath(pythonWorkerFolder()), "0", "1"],
        env: {
            ...process.env,
            WINEDEBUG: process.env["WINEDEBUG"] ?? "-all",
            ...(place.prefix === null ? {} : { WINEPREFIX: place.prefix }),
        },
        channel: "standard",
        programOutput,
    };
}

/** Runs a folder as `python FOLDER` does, with another one to import packages from. */
const withPackages =
    "import runpy, sys; sys.path.insert(0, sys.argv[1]); sys.argv = sys.argv[2:]; runpy.run_path(sys.argv[0], run_name='__main__')";

/** Folder of the worker for Python, of Linux and of Windows. */
export function pythonWorkerFolder(): string {
    return fileURLToPath(new URL("python", import.meta.url));
}
