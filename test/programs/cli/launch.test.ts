import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { DetachedLaunch } from "../../fixtures/support/detached-launch.js";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { isRunning, pidsWhere } from "../../fixtures/support/running.js";
import { makeTarget, whyNot } from "../../fixtures/support/targets.js";
import { tidyingMs } from "../../fixtures/support/tidying.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { ConsoleProcess } from "./console-process.js";
import { assertFails } from "./expected-error.js";

const unwritableLog = {
    exitCode: 2,
    code: "LOG_NOT_WRITABLE",
    message: /nonexistent/,
    resolution: /--log/,
} as const;

describe("launch", { skip: whyNot("linux-x64") ?? false }, () => {
    let folder: string;
    /** Creating it ends the program. */
    let leave: string;

    before(() => {
        folder = mkdtempSync(join(tmpdir(), "poolnv-launched-"));
        leave = join(folder, "leave");
    });
    after(() => rmSync(folder, { recursive: true }));

    /** A program that says something, has others do something, waits for its leave, and ends with 7. */
    const program = () => [
        "sh",
        "-c",
        `echo "it says: $1"; echo "it complains" >&2; while [ ! -e '${leave}' ]; do sleep 0.05; done; echo "it ends"; exit 7`,
        basename(folder),
        "a b  č",
    ];
    const itsPids = () => pidsWhere((args) => args[0] === "sh" && args.includes(basename(folder)));
    const options = () => ["--log", join(folder, "pool.log")];

    it("poolnv launch passes output and arguments on and leaves the program running", async () => {
        rmSync(leave, { force: true });
        const launch = new DetachedLaunch(["launch", "--detach", "--quiet", ...options(), "--", ...program()]);
        try {
            const { code, stdout, stderr } = await launch.run;
            assert.equal(code, 0, stderr);
            const pid = Number(/\(pid (\d+)\) has its pool\./.exec(stdout)?.[1]);
            await waitUntil("its output", () => launch.stdout.includes("it says: a b  č\n"));
            assert.equal(launch.stderr, "it complains\n");
            const asked = await poolnv(["exec", String(pid), "GetMemoryPoolStats", "--json"]);
            const { pool_allocs, active } = JSON.parse(asked.stdout) as { pool_allocs: number; active: number };
            assert.equal(active, 1);
            assert.ok(pool_allocs > 0);
            await launch.untilAdopted(pid);
            await pause(tidyingMs);
            writeFileSync(leave, "");
            assert.equal(await launch.exitOf(pid), 7);
            assert.ok(launch.stdout.endsWith("it ends\n"), "its output still arrives when no console is attached");
        } finally {
            writeFileSync(leave, "");
            launch.close();
        }
    });

    it("poolnv launch --json keeps standard output for the document", async () => {
        rmSync(leave, { force: true });
        const launch = new DetachedLaunch([
            "launch",
            "--detach",
            "--json",
            "--quiet",
            ...options(),
            "--",
            ...program(),
        ]);
        try {
            const { code, stderr } = await launch.run;
            assert.equal(code, 0, stderr);
            await waitUntil("its output", () => launch.stderr.includes("it says: a b  č\n"));
            const { pid, already_installed } = JSON.parse(launch.stdout) as Record<string, unknown>;
            assert.equal(already_installed, false);
            await launch.untilAdopted(Number(pid));
            writeFileSync(leave, "");
            assert.equal(await launch.exitOf(Number(pid)), 7);
            assert.ok(launch.stderr.includes("it ends\n"));
        } finally {
            writeFileSync(leave, "");
            launch.close();
        }
    });

    for (const way of ["quit", "end of input", "SIGINT", "SIGKILL"] as const) {
        it(`poolnv launch leaves the program running when its console ends by ${way}`, async () => {
            rmSync(leave, { force: true });
            const held = new ConsoleProcess(["launch", "--quiet", ...options(), "--", ...program()]);
            try {
                const pid = Number((await held.hears(/\(pid (\d+)\) has its pool\./))[1]);
                held.say("IsMemoryPoolActive");
                await held.hears(/^IsMemoryPoolActive >> 1$/m);
                await held.hears(/it says: a b {2}č/);
                if (way === "quit") held.say("quit");
                else if (way === "end of input") held.process.stdin.end();
                else held.process.kill(way);
                await held.ended;
                await pause(500);
                assert.equal(isRunning(pid), true);
                const asked = await poolnv(["exec", String(pid), "IsMemoryPoolActive"]);
                assert.equal(asked.stdout, "IsMemoryPoolActive >> 1", asked.stderr);
                writeFileSync(leave, "");
                await waitUntil("it ends", () => !isRunning(pid));
            } finally {
                writeFileSync(leave, "");
                held.close();
            }
        });
    }

    it("poolnv launch that fails leaves no suspended program behind", async () => {
        rmSync(leave, { force: true });
        await assertFails(["launch", "--log", "/proc/nonexistent/pool.log", "--", ...program()], unwritableLog);
        assert.deepEqual(itsPids(), []);
    });

    it(
        "poolnv launch under Wine that fails leaves no suspended program behind",
        { skip: whyNot("win32-msvcrt") ?? false },
        async () => {
            const target = await makeTarget("win32-msvcrt");
            try {
                await assertFails(
                    ["launch", "--log", "/proc/nonexistent/pool.log", "--", target.victim],
                    unwritableLog,
                    target.env,
                );
                const path = target.ownPath(target.victim);
                assert.deepEqual(
                    pidsWhere(([first]) => first === path),
                    [],
                );
            } finally {
                target.remove();
            }
        },
    );

    it("poolnv launch killed at any moment leaves the program running or not started", async () => {
        writeFileSync(leave, "");
        for (let milliseconds = 150; milliseconds <= 600; milliseconds += 50) {
            const held = new ConsoleProcess(["launch", "--quiet", ...options(), "--", ...program()]);
            await pause(milliseconds);
            held.close();
            await held.ended;
        }
        await waitUntil("every program has ended", () => itsPids().length === 0, 10_000);
    });
});
