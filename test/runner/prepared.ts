import { spawn } from "node:child_process";
import { constants } from "node:os";
import { UserError } from "../../host/errors.js";
import { type Environments, readEnvironments } from "../fixtures/prepare/environments.js";

/** What `npm run pretest` left, or null when it was never run. */
export function preparedEnvironments(): Environments | null {
    try {
        return readEnvironments();
    } catch (error) {
        if (error instanceof UserError) return null;
        throw error;
    }
}

/** A line for each environment, and for one that is not ready a second line with the resolution. */
export function environmentTable(environments: Environments | null): string {
    if (environments === null) return "nothing is prepared; run: npm run pretest";
    const entries = Object.entries(environments) as [string, Environments[keyof Environments]][];
    const width = Math.max(...entries.map(([name]) => name.length)) + 2;
    const lines = entries.flatMap(([name, environment]) =>
        environment.ready
            ? [name.padEnd(width) + "ready"]
            : [name.padEnd(width) + `not ready: ${environment.reason}`, "".padEnd(width) + environment.resolution],
    );
    return [...lines, ""].join("\n");
}

/**
 * Runs Node where 32-bit programs find their loader, with our own input and output; hands Ctrl-C and its like on to it.
 *
 * @returns its exit code
 */
export function runNode(environments: Environments | null, args: readonly string[]): Promise<number> {
    const linuxI386 = environments?.linuxI386;
    const wrapper = linuxI386?.ready === true ? linuxI386.wrapper : [];
    const [file, ...rest] = [...wrapper, process.execPath, ...args];
    const child = spawn(file!, rest, { stdio: "inherit" });
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
    return new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal!]));
    });
}
