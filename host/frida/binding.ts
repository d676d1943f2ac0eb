import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { WorkerCommand } from "./worker/worker-process.js";
import { withPrivateFolder } from "./private-folder.js";

/** Version of the npm binding, or null where the package or its binary is not there. */
export function bindingVersion(): string | null {
    try {
        const root = new URL("../../", import.meta.resolve("frida"));
        if (!existsSync(new URL("build/frida_binding.node", root))) return null;
        return (JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as { version: string }).version;
    } catch {
        return null;
    }
}

/** With older ones a second host's attach hangs once an eternalized script's first host has gone. */
export function isNewEnoughForLinux(version: string): boolean {
    const [major = 0, minor = 0] = version.split(".").map(Number);
    return major > 17 || (major === 17 && minor >= 25);
}

/** How to start the worker, or the reason why it can't be. */
export function bindingCommand(programOutput: WorkerCommand["programOutput"]): WorkerCommand | string {
    if (bindingVersion() === null) return "the npm package frida has no binary here";
    const worker = fileURLToPath(new URL("worker/binding-worker.js", import.meta.url));
    return {
        file: process.execPath,
        args: [worker, "3", "4"],
        env: withPrivateFolder(process.env),
        channel: "own",
        programOutput,
    };
}
