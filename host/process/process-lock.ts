import { hash } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { rmSync } from "../files/change-files.js";

/**
 * Runs `work` while no other process of this user runs work under the same name.
 *
 * The lock is a listening local socket: the system releases it when its holder dies, however it dies, and a waiter sees
 * that by its connection closing. No lock file can be left behind.
 *
 * @param name names the lock to other processes and, in a line of progress, to the user: a folder
 * @param onProgress called with a line if another process holds the lock
 */
export async function withProcessLock<T>(
    name: string,
    onProgress: (line: string) => void,
    work: () => Promise<T>,
): Promise<T> {
    const address = lockAddress(name);
    let release = await tryLock(address);
    if (!release) onProgress(`another poolnv is at work on ${name}; waiting for it`);
    while (!release) {
        await untilReleased(address);
        release = await tryLock(address);
    }
    try {
        return await work();
    } finally {
        release();
    }
}

function lockAddress(name: string): string {
    const socket = `poolnv-setup-${hash("sha256", `${userInfo().username}\n${name}`).slice(0, 16)}`;
    if (process.platform === "win32") return `\\\\.\\pipe\\${socket}`;
    if (process.platform === "linux") return `\0${socket}`;
    return join(tmpdir(), `${socket}.sock`);
}

/** @returns the function that releases the lock, or null while another process holds it */
function tryLock(address: string): Promise<(() => void) | null> {
    return new Promise((resolve, reject) => {
        const waiters = new Set<Socket>();
        const server = createServer((waiter) => {
            waiters.add(waiter.unref());
            waiter.on("error", () => {});
            waiter.on("close", () => waiters.delete(waiter));
        });
        server.once("error", (error: NodeJS.ErrnoException) =>
            error.code === "EADDRINUSE" ? resolve(null) : reject(error),
        );
        server.listen(address, () => {
            server.unref();
            resolve(() => {
                server.close();
                for (const waiter of waiters) waiter.destroy();
            });
        });
    });
}

function untilReleased(address: string): Promise<void> {
    return new Promise((resolve) => {
        const holder = connect(address);
        holder.on("error", (error: NodeJS.ErrnoException) => {
            // Only a socket in the file system outlives its holder (on Linux and Windows it is not in one).
            if (error.code === "ECONNREFUSED" && address.startsWith("/")) rmSync(address, { force: true });
        });
        holder.on("close", () => setTimeout(resolve, 50));
        holder.resume();
    });
}
