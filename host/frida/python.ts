import { fileURLToPath } from "node:url";
import { findPythonEnvironment } from "./setup/python-environment.js";
import type { WorkerCommand } from "./worker/worker-process.js";
import { withPrivateFolder } from "./private-folder.js";

/** How to start the worker, or the reason why it can't be. */
export function pythonCommand(programOutput: WorkerCommand["programOutput"]): WorkerCommand | string {
    const python = findPythonEnvironment();
    if (python === null) return "the private Python environment with the frida wheel is not prepared";
    const onWindows = process.platform === "win32";
    return {
        file: python,
        args: ["-I", "-B", "-u", pythonWorker(), ...(onWindows ? ["0", "1"] : ["3", "4"])],
        env: withPrivateFolder(process.env),
        channel: onWindows ? "standard" : "own",
        programOutput,
    };
}

/** Folder of the worker that every Python runs. */
export function pythonWorker(): string {
    return fileURLToPath(new URL("worker/python", import.meta.url));
}
