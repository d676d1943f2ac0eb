import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { cacheFolder } from "../../host/frida/setup/cache-folder.js";
import { ConsoleProcess } from "../programs/cli/console-process.js";
import { listeningSockets } from "../fixtures/support/listening.js";
import { childrenOf, pidsWhere } from "../fixtures/support/running.js";
import { whyNot } from "../fixtures/support/targets.js";
import { withNamedVictim } from "./named-victim.js";

/**
 * While frida-core enters a program it listens for that program, for some milliseconds, on a local socket whose name
 * nobody can guess. Nothing else is open, and nothing at all once it is in.
 */
const enteringSocket = /^unix @\/frida-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** From the first look at a program to the end of the session nobody from outside can speak to anything of it. */
for (const name of ["linux-x64", "linux-i386", "win32-msvcrt"] as const) {
    const program = `unheard-${process.pid}.exe`;

    it(`a session on a ${name} program listens on no port and no socket`, { skip: whyNot(name) ?? false }, () =>
        withNamedVictim(name, program, async (victim, target) => {
            const before = listeningSockets(victim.pid);
            const held = new ConsoleProcess(["attach", program, "--quiet"], target.env);
            const seen = new Set<string>();
            const look = (): void => {
                const bridge = [held.process.pid!, ...descendantsOf(held.process.pid!)];
                for (const pid of bridge) for (const words of listeningSockets(pid)) seen.add(words);
                for (const words of listeningSockets(victim.pid)) if (!before.includes(words)) seen.add(words);
            };
            try {
                for (let open = false; !open; await pause(20)) {
                    look();
                    assert.equal(held.process.exitCode, null, held.stderr);
                    open = held.stdout.includes("has its pool.");
                }
                assert.deepEqual(
                    [...seen].filter((words) => !enteringSocket.test(words)),
                    [],
                );
                await pause(500);
                seen.clear();
                look();
                // The helper that frida-core keeps on Linux can be reached by its user alone.
                const run = cacheFolder("run");
                const helpers = pidsWhere(([program = ""]) => program.startsWith(join(run, "frida-")));
                if (name.startsWith("linux")) assert.ok(helpers.length > 0);
                const control = `unix ${join(run, `idun-${process.getuid!()}`, "control")}`;
                for (const pid of helpers)
                    for (const words of listeningSockets(pid))
                        assert.ok(words === control || enteringSocket.test(words), words);
                if (helpers.length > 0) assert.equal(statSync(run).mode & 0o077, 0);
                held.say("GetMemoryPoolStats");
                await held.hears(/^GetMemoryPoolStats >> \d+$/m);
                look();
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

describe("what looks for sockets", { skip: process.platform !== "linux" && "reads Linux's /proc" }, () => {
    it("sees those of every kind", async () => {
        const servers = ["127.0.0.1", "\0poolnv-no-port-test"].map((place) => {
            const server = createServer();
            return place.startsWith("\0") ? server.listen(place) : server.listen(0, place);
        });
        const datagrams = createSocket("udp4").bind(0, "127.0.0.1");
        await Promise.all([...servers, datagrams].map((socket) => once(socket, "listening")));
        const kinds = listeningSockets(process.pid).map((words) => words.split(" ")[0]);
        for (const server of servers) server.close();
        datagrams.close();
        assert.deepEqual([...new Set(kinds)].sort(), ["tcp", "udp", "unix"]);
    });
});

function descendantsOf(pid: number): number[] {
    return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}
