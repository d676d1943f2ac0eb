import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { symlinkSync } from "node:fs";
import { createInterface } from "node:readline";
import { whyNot } from "../fixtures/support/targets.js";

/** Users who are neither we nor each other. */
export const nobody = 65534;
export const stranger = 65533;

/** Why nothing can be planted here, or false. */
export function whyNoOtherUsers(): string | false {
    const asRoot = process.getuid?.() === 0;
    return whyNot("linux-x64") ?? (asRoot ? false : "only root can plant files of other users (run the tests as root)");
}

export function plantLink(to: string, place: string, owner: number): void {
    symlinkSync(to, place);
    spawnSync("chown", ["-h", `${owner}:${owner}`, place]);
}

/** Runs a program as a user who owns next to nothing. */
export async function asNobody(program: string, work: (pid: number) => Promise<void>): Promise<void> {
    const rights = [`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups", "--", program];
    const child = spawn("setpriv", rights, { stdio: ["pipe", "pipe", "inherit"] });
    const exited = once(child, "exit");
    try {
        await ready(child);
        await work(child.pid!);
    } finally {
        child.kill("SIGKILL");
        await exited;
    }
}

/** Waits for a victim's first line. */
export async function ready(child: ChildProcess): Promise<void> {
    await createInterface({ input: child.stdout! })[Symbol.asyncIterator]().next();
}
