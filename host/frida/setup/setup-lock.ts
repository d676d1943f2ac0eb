import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { Report } from "./report.js";

/**
 * Runs `work` while no other process of this user runs work for the same folder.
 *
 * The lock is a listening local socket: the system lets go of it when its holder dies, however it dies, and a waiter
 * learns of that by its connection closing. No lock file can be left behind.
 */
export async function withSetupLock<T>(folder: string, report: Report, work: () => Promise<T>): Promise<T> {
    const address = lockAddress(folder);
    let release = await tryLock(address);
    if (!release) report(`another setup is at work on ${folder}; waiting for it`);
    while (!release) {
        await untilHolderIsGone(address);
        release = await tryLock(address);
    }
    try {
        return await work();
    } finally {
        release();
    }
}

function lockAddress(folder: string): string {
    const owner = createHash("sha256").update(`${userInfo().username}\n${folder}`);
    const name = `poolnv-setup-${owner.digest("hex").slice(0, 16)}`;
    if (process.platform === "win32") return `\\\\.\\pipe\\${name}`;
    if (process.platform === "linux") return `\0${name}`;
    return join(tmpdir(), `${name}.sock`);
}

/** @returns what lets go of the lock, or null while another process holds it */
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

function untilHolderIsGone(address: string): Promise<void> {
    return new Promise((resolve) => {
        const holder = connect(address);
        holder.on("error", (error: NodeJS.ErrnoException) => {
            // Only a socket in the file system outlives its holder (neither Linux nor Windows has one here).
            if (error.code === "ECONNREFUSED" && address.startsWith("/")) rmSync(address, { force: true });
        });
        holder.on("close", () => setTimeout(resolve, 50));
        holder.resume();
    });
}
