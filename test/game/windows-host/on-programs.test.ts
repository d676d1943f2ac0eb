import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { whyNot } from "../../fixtures/support/targets.js";
import { poolnvOnWindows, whyNoWindowsHost } from "../../fixtures/support/windows-host.js";
import { startWindowsVictim } from "../../fixtures/support/windows-victim.js";

/** What a player on Windows does, with Windows Node, Windows Python and a 32-bit Windows program. */
describe(
    "the host as a Windows program, on a program",
    { skip: whyNoWindowsHost() ?? whyNot("win32-msvcrt") ?? false },
    () => {
        const host = startWindowsVictim();

        it("Windows host: setup prepares the Python engine without venv, and a second time does nothing", async () => {
            const first = await poolnvOnWindows(["setup", "--engine", "python"]);
            assert.equal(first.code, 0, first.stderr);
            assert.match(first.stdout, /^Engine python (is ready|was ready already): frida 17\.22\.2, .*python\.exe$/);
            const second = await poolnvOnWindows(["setup", "--engine", "python"]);
            assert.match(second.stdout, /was ready already/, second.stderr);
        });

        it("Windows host: attach installs the pool and leaves", async () => {
            const { code, stdout, stderr } = await poolnvOnWindows(["attach", host.target.processName, "--detach"]);
            assert.equal(code, 0, stderr + stdout);
            assert.match(stdout, /\(pid \d+\) has its pool\.\n {2}engine {2}python, frida 17\.22\.2\n/);
            assert.equal((await host.victim.numbers("work 1 20000 2"))["corruptions"], 0);
        });

        it("Windows host: exec prints the statistics of the program's own calls as JSON", async () => {
            const { code, stdout, stderr } = await poolnvOnWindows([
                "exec",
                host.target.processName,
                "GetMemoryPoolStats",
                "--json",
            ]);
            assert.equal(code, 0, stderr);
            assert.doesNotMatch(stderr, /engine/, "its mailbox answers");
            const { active, pool_allocs, corrupt_headers } = JSON.parse(stdout) as Record<string, number>;
            assert.deepEqual({ active, corrupt_headers }, { active: 1, corrupt_headers: 0 });
            assert.ok(pool_allocs! > 1_000, stdout);
        });

        it("Windows host: a second attach opens the console of the living pool, which reads commands from a file", async () => {
            const input = "IsMemoryPoolActive\r\nSetMemoryPoolActive 0\r\nSetMemoryPoolActive 1\r\n";
            const { code, stdout, stderr } = await poolnvOnWindows(["attach", host.target.processName], { input });
            assert.equal(code, 0, stderr);
            assert.match(stdout, /has its pool already/);
            assert.match(stdout, /IsMemoryPoolActive >> 1\nSetMemoryPoolActive >> 0\nSetMemoryPoolActive >> 1$/);
        });

        it("Windows host: three exec at once are all answered", async () => {
            const runs = [1, 2, 3].map(() => poolnvOnWindows(["exec", host.target.processName, "IsMemoryPoolActive"]));
            for (const { code, stdout, stderr } of await Promise.all(runs)) {
                assert.equal(code, 0, stderr);
                assert.equal(stdout, "IsMemoryPoolActive >> 1");
                assert.doesNotMatch(stderr, /engine/, "its mailbox answers");
            }
        });

        it("Windows host: watch prints a line per sample", async () => {
            const { code, stdout, stderr } = await poolnvOnWindows(["watch", host.target.processName, "--count", "2"]);
            assert.equal(code, 0, stderr);
            assert.doesNotMatch(stderr, /engine/, "its mailbox answers");
            assert.equal(
                stdout.split("\n").filter((line) => /used +\d+\.\d\d of 1536\.00 MB/.test(line)).length,
                2,
                stdout,
            );
        });

        it("Windows host: a name that no process has is reported with exit code 3", async () => {
            const { code, stderr } = await poolnvOnWindows(["exec", "missing-4711.exe", "GetMemoryPoolUsage"]);
            assert.equal(code, 3, stderr);
            assert.match(stderr, /missing-4711/);
        });

        it("Windows host: the program works on with its pool and ends with exit code 0", async () => {
            assert.equal((await host.victim.numbers("work 2 20000 2"))["corruptions"], 0);
            assert.equal(await host.victim.quit(), 0);
        });
    },
);
