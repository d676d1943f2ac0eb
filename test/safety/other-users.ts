import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { symlinkSync } from "node:fs";
import { createInterface } from "node:readline";
import { whyNot } from "../fixtures/support/targets.js";

/** User ids of the user nobody and of another one; neither is ours. */
export const userNobody = 65534;
export const otherUser = 65533;

/** Why files of other users can't be made here, or false. */
export function whyNoOtherUsers(): string | false {
    const asRoot = process.getuid?.() === 0;
    return whyNot("linux-x64") ?? (asRoot ? false : "only root can make files of other users (run the tests as root)");
}

export function plantLink(to: string, place: string, owner: number): void {
    symlinkSync(to, place);
    spawnSync("chown", ["-h", `${owner}:${owner}`, place]);
}

/** Runs a program as the user nobody. */
export async function asNobody(program: string, work: (pid: number) => Promise<void>): Promise<void> {
    const rights = [`--reuid=${userNobody}`, `--regid=${userNobody}`, "--clear-groups", "--", program];
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

/** Waits until a victim is ready: it prints a line then. */
export async function ready(child: ChildProcess): Promise<void> {
    await createInterface({ input: child.stdout! })[Symbol.asyncIterator]().next();
}
