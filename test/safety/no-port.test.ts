import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { cacheFolder } from "../../host/frida/setup/cache-folder.js";
import { listeningSockets } from "../fixtures/support/listening.js";
import { childrenOf, pidsWhere } from "../fixtures/support/running.js";
import { whyNot } from "../fixtures/support/targets.js";
import { ConsoleProcess } from "../programs/cli/console-process.js";
import { withNamedVictim } from "./named-victim.js";

/**
 * During an injection frida-core listens for the program, for some milliseconds, on a local socket with a random name.
 * Nothing else is open, and nothing at all after the injection.
 */
const injectionSocket = /^unix @\/frida-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** No other process can connect to host, worker or program during a session. */
for (const name of ["linux-x64", "linux-i386", "win32-msvcrt"] as const) {
    const program = `unheard-${process.pid}.exe`;

    it(`a session on a ${name} program listens on no port and no socket`, { skip: whyNot(name) ?? false }, () =>
        withNamedVictim(name, program, async (victim, target) => {
            const before = listeningSockets(victim.pid);
            const held = new ConsoleProcess(["attach", program, "--quiet"], target.env);
            const seen = new Set<string>();
            const collect = (): void => {
                const ours = [held.process.pid!, ...descendantsOf(held.process.pid!)];
                for (const pid of ours) for (const socket of listeningSockets(pid)) seen.add(socket);
                for (const socket of listeningSockets(victim.pid)) if (!before.includes(socket)) seen.add(socket);
            };
            try {
                for (let open = false; !open; await pause(20)) {
                    collect();
                    assert.equal(held.process.exitCode, null, held.stderr);
                    open = held.stdout.includes("has its pool.");
                }
                assert.deepEqual(
                    [...seen].filter((socket) => !injectionSocket.test(socket)),
                    [],
                );
                await pause(500);
                seen.clear();
                collect();
                // The helper that frida-core keeps on Linux can be reached by its user alone.
                const run = cacheFolder("run");
                const helpers = pidsWhere(([program = ""]) => program.startsWith(join(run, "frida-")));
                if (name.startsWith("linux")) assert.ok(helpers.length > 0);
                const control = `unix ${join(run, `idun-${process.getuid!()}`, "control")}`;
                for (const pid of helpers) {
                    for (const socket of listeningSockets(pid)) {
                        assert.ok(socket === control || injectionSocket.test(socket), socket);
                    }
                }
                if (helpers.length > 0) assert.equal(statSync(run).mode & 0o077, 0);
                held.say("GetMemoryPoolStats");
                await held.hears(/^GetMemoryPoolStats >> \d+$/m);
                collect();
                assert.deepEqual([...seen], []);
                held.process.stdin.end();
                assert.equal(await held.ended, 0);
                assert.deepEqual(listeningSockets(victim.pid), before);
                assert.equal(await victim.quit(), 0);
            } finally {
                held.close();
            }
        }),
    );
}

describe("listeningSockets", { skip: process.platform !== "linux" && "reads Linux's /proc" }, () => {
    it("listeningSockets lists TCP, UDP and Unix sockets", async () => {
        const servers = ["127.0.0.1", "\0poolnv-no-port-test"].map((place) => {
            const server = createServer();
            return place.startsWith("\0") ? server.listen(place) : server.listen(0, place);
        });
        const datagrams = createSocket("udp4").bind(0, "127.0.0.1");
        await Promise.all([...servers, datagrams].map((socket) => once(socket, "listening")));
        const kinds = listeningSockets(process.pid).map((socket) => socket.split(" ")[0]);
        for (const server of servers) server.close();
        datagrams.close();
        assert.deepEqual([...new Set(kinds)].sort(), ["tcp", "udp", "unix"]);
    });
});

function descendantsOf(pid: number): number[] {
    return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}
