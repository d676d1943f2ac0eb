import assert from "node:assert/strict";
import { existsSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { readMemoryMap } from "../../../host/process/memory-map.js";
import { mailboxBytes } from "../../../shared/layout.js";
import { readEnvironments } from "../../fixtures/prepare/environments.js";
import { mailboxFilesOf, mailboxFolder } from "../../fixtures/support/mailbox-files.js";
import type { Run } from "../../fixtures/support/poolnv.js";
import { makeTarget, type Target, whyNot } from "../../fixtures/support/targets.js";
import { threadsOf } from "../../fixtures/support/thread-states.js";
import { Victim } from "../../fixtures/support/victim.js";
import {
    inHostPrefix,
    poolnvOnWindows,
    runOnWindows,
    startPoolnvOnWindows,
    whyNoWindowsHost,
} from "../../fixtures/support/windows-host.js";

/** How long until a watch has its session and prints samples, in milliseconds, on a machine with other work. */
const watchStartMs = 5_000;

/** The command was carried out, and nothing was injected for it. */
function assertWithoutEngine({ code, stderr }: Run): void {
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /engine|attaching/);
}

/** Files that are mapped into a process, its libraries among them. */
function modulesOf(pid: number): string[] {
    const names = (readMemoryMap(pid) ?? []).map(({ name }) => name).filter((name) => name.startsWith("/"));
    return [...new Set(names)].sort();
}

/** Sessions of a host on Windows with a living pool, by its mailbox file. */
describe(
    "the mailbox file of a Windows program",
    { skip: whyNoWindowsHost() ?? whyNot("win32-msvcrt") ?? false },
    () => {
        let target: Target;
        let victim: Victim;

        const exec = (...command: string[]): Promise<Run> =>
            poolnvOnWindows(["exec", target.processName, ...(command.length === 0 ? ["IsMemoryPoolActive"] : command)]);
        const startWithPool = async (): Promise<void> => {
            victim = await Victim.start(target);
            const { code, stderr } = await poolnvOnWindows(["attach", target.processName, "--detach"]);
            assert.equal(code, 0, stderr);
        };

        before(async () => {
            target = inHostPrefix(await makeTarget("win32-msvcrt"));
            await startWithPool();
        });
        after(async () => {
            victim.kill();
            await victim.exited;
            target.remove();
        });

        it("mailbox file: there is one for a program with a pool, closed to other users", () => {
            const [file, ...others] = mailboxFilesOf(target.processName);
            assert.deepEqual(others, []);
            const { size, mode } = statSync(file!);
            assert.equal(size, mailboxBytes);
            assert.equal(mode & 0o007, 0, mode.toString(8));
        });

        it("mailbox file: exec, watch, top and the console leave modules and threads of the program as they were", async () => {
            const before = { modules: modulesOf(victim.pid), threads: threadsOf(victim.pid) };
            assert.ok(before.modules.length > 10 && before.threads.length > 1);
            assert.deepEqual(
                before.modules.filter((name) => /frida/i.test(name)),
                [],
            );
            for (const [args, input] of [
                [["exec", target.processName, "GetMemoryPoolStats"]],
                [["exec", target.processName, "GetMemoryPoolHistogram", "--json"]],
                [["watch", target.processName, "--count", "2"]],
                [["top", target.processName, "--seconds", "1"]],
                [["attach", target.processName], "GetMemoryPoolUsage\r\n"],
            ] as const) {
                const run = await poolnvOnWindows(args, { input });
                assertWithoutEngine(run);
                assert.deepEqual({ modules: modulesOf(victim.pid), threads: threadsOf(victim.pid) }, before);
            }
        });

        it("mailbox file: three exec at once beside a watch are all answered without an engine, in each of five rounds", async () => {
            const watch = startPoolnvOnWindows(["watch", target.processName]);
            await pause(watchStartMs);
            for (let round = 0; round < 5; round++) {
                const runs = await Promise.all([exec(), exec(), exec("GetMemoryPoolStats", "--json")]);
                for (const run of runs) assertWithoutEngine(run);
                assert.equal(runs[0].stdout, "IsMemoryPoolActive >> 1");
            }
            const { stdout, stderr } = await watch.kill();
            assert.doesNotMatch(stderr, /engine/);
            assert.ok(stdout.split("\n").filter((line) => line.includes("used")).length >= 2, stdout + stderr);
        });

        it("mailbox file: a host that is killed at any moment leaves a program that the next one reaches", async () => {
            for (const milliseconds of [250, 350, 450, 550, 650, 900]) {
                const run = startPoolnvOnWindows(["exec", target.processName, "GetMemoryPoolStats"]);
                await pause(milliseconds);
                await run.kill();
                assert.equal((await victim.numbers("work 1 2000 2"))["corruptions"], 0);
            }
            assertWithoutEngine(await exec());
        });

        it("mailbox file: one that a program has left behind is deleted, and not taken for the program that has its pid", async () => {
            const own = mailboxFilesOf(target.processName)[0]!;
            const stale = own.replace(/[^-]+$/, "1");
            writeFileSync(stale, "");
            assertWithoutEngine(await exec());
            assert.deepEqual(mailboxFilesOf(target.processName), [own]);
        });

        it("mailbox file: files in its folder that are no mailboxes stay", async () => {
            const other = join(mailboxFolder(), `notes of ${process.pid}.txt`);
            writeFileSync(other, "");
            try {
                assertWithoutEngine(await exec());
                assert.ok(existsSync(other));
            } finally {
                rmSync(other);
            }
        });

        it("mailbox file: of two processes of one name, of which one has a pool, both are listed; a pid reaches it", async () => {
            const second = await Victim.start(target);
            try {
                const run = await exec();
                assert.equal(run.code, 3, run.stderr);
                assert.match(run.stderr, /2 processes are called .*pid \d+.*pid \d+/);
                const pid = /-(\d+)-[^-]+$/.exec(mailboxFilesOf(target.processName)[0]!)![1]!;
                assertWithoutEngine(await poolnvOnWindows(["exec", pid, "IsMemoryPoolActive"]));
            } finally {
                second.kill();
                await second.exited;
            }
        });

        it("mailbox file: exec on a living pool, measured", async (test) => {
            const median = async (run: () => Promise<Run>): Promise<number> => {
                const times: number[] = [];
                for (let round = 0; round < 9; round++) {
                    const started = performance.now();
                    assert.equal((await run()).code, 0);
                    times.push(performance.now() - started);
                }
                return Math.round(times.sort((a, b) => a - b)[4]!);
            };
            const own = await median(() => exec("GetMemoryPoolStats"));
            const { windowsHost } = readEnvironments();
            const node = windowsHost.ready ? windowsHost.node : "";
            const empty = await median(() => runOnWindows([node, "-e", "0"]));
            test.diagnostic(`median of 9: exec GetMemoryPoolStats ${own} ms, Node that does nothing ${empty} ms`);
        });

        it("mailbox file: one that is cut short harms no program, and a session is injected instead", async () => {
            truncateSync(mailboxFilesOf(target.processName)[0]!);
            await pause(200);
            assert.equal((await victim.numbers("work 3 20000 2"))["corruptions"], 0);
            const run = await exec();
            assert.equal(run.code, 0, run.stderr);
            assert.match(run.stderr, /starting the python engine/);
        });

        it("mailbox file: the end of the program ends a watch and deletes the file", async () => {
            assert.equal(await victim.quit(), 0);
            await startWithPool();
            const watch = startPoolnvOnWindows(["watch", target.processName]);
            await pause(watchStartMs);
            victim.kill();
            await victim.exited;
            const { stdout, stderr } = await watch.ended;
            assert.match(stdout, /is gone: the program has ended/, stderr);
            assert.deepEqual(mailboxFilesOf(target.processName), []);
        });
    },
);
