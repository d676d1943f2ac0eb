import { fileURLToPath } from "node:url";
import { findPythonEnvironment } from "./setup/python-environment.js";
import type { CarrierCommand } from "./worker/worker-process.js";
import { withPrivateFolder } from "./private-folder.js";

/** How to start the carrier, or the reason why it can't be. */
export function pythonCommand(programOutput: CarrierCommand["programOutput"]): CarrierCommand | string {
    const python = findPythonEnvironment();
    if (python === null) return "the private Python environment with the frida wheel is not prepared";
    const onWindows = process.platform === "win32";
    return {
        file: python,
        args: ["-I", "-B", "-u", pythonCarrier(), ...(onWindows ? ["0", "1"] : ["3", "4"])],
        env: withPrivateFolder(process.env),
        channel: onWindows ? "standard" : "own",
        programOutput,
    };
}

/** Folder of the carrier that every Python runs. */
export function pythonCarrier(): string {
    return fileURLToPath(new URL("worker/python", import.meta.url));
}
