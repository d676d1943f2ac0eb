import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { makeTarget, type Target, whyNot } from "../../fixtures/support/targets.js";
import { withVictim } from "./victims.js";

const block = [
    /=== Memory Pool Statistics ===$/m,
    /Pool allocations: \d+$/m,
    /Fallback allocations: \d+$/m,
    /Total frees: \d+ \(ignored: \d+\)$/m,
    /Realloc operations: \d+$/m,
    /Current usage: \d+\.\d\d MB$/m,
    /Peak usage: \d+\.\d\d MB$/m,
];

describe("the log", () => {
    for (const name of ["linux-x64", "win32-msvcrt"] as const) {
        it(`the log of a ${name} game is in its plugin folder`, { skip: whyNot(name) ?? false }, () =>
            withVictim(
                name,
                async (_victim, target) => {
                    const attached = await poolnv(["attach", target.processName, "--json"], {
                        input: "GetMemoryPoolStats\n",
                        env: target.env,
                    });
                    assert.equal(attached.code, 0, attached.stdout + attached.stderr);
                    const file = join(target.folder, "Data", "NVSE", "Plugins", "MemoryPool_Debug.log");
                    const { log_file } = JSON.parse(attached.stdout) as { log_file: string };
                    assert.equal(log_file, target.ownPath(file));
                    const text = readFileSync(file, "utf8");
                    for (const line of block) assert.match(text, line);
                },
                (target) => mkdirSync(join(target.folder, "Data")),
            ),
        );
    }

    it("--log names the log, which is appended to", { skip: whyNot("linux-x64") ?? false }, () =>
        withVictim("linux-x64", async (victim, target) => {
            const log = join(target.folder, "own.log");
            writeFileSync(log, "what was there\n");
            const attached = await poolnv(["attach", String(victim.pid), "--log", log], {
                input: "GetMemoryPoolStats\n",
            });
            assert.equal(attached.code, 0, attached.stderr);
            const text = readFileSync(log, "utf8");
            assert.ok(text.startsWith("what was there\n"));
            for (const line of block) assert.match(text, line);
            assert.equal(existsSync(join(target.folder, `poolnv-${victim.pid}.log`)), false);
        }),
    );

    describe("a program that can't write beside itself", { skip: whyNot("linux-x64") ?? false }, () => {
        let target: Target;

        before(async () => {
            target = await makeTarget("linux-x64");
            chmodSync(target.folder, 0o555);
        });
        after(() => {
            chmodSync(target.folder, 0o755);
            target.remove();
        });

        it("the log is in the temporary folder if the program's folder is not writable", () =>
            withoutRights(target, async (pid, log) => {
                const attached = await poolnv(["attach", String(pid), "--json"], { input: "GetMemoryPoolStats\n" });
                assert.equal(attached.code, 0, attached.stdout + attached.stderr);
                assert.equal((JSON.parse(attached.stdout) as { log_file: string }).log_file, log);
                for (const line of block) assert.match(readFileSync(log, "utf8"), line);
            }));

        it("there is no log if the temporary folder is not writable either, and all else works", () =>
            withoutRights(target, async (pid, log) => {
                writeFileSync(log, "another user's\n", { mode: 0o400 });
                const attached = await poolnv(["attach", String(pid)], { input: "GetMemoryPoolStats\n" });
                assert.equal(attached.code, 0, attached.stdout + attached.stderr);
                assert.match(attached.stdout, /^ {2}log +none$/m);
                assert.match(attached.stdout, /^GetMemoryPoolStats >> \d+$/m);
                assert.equal(readFileSync(log, "utf8"), "another user's\n");
            }));
    });
});

/** Runs a victim without any privilege: root has to give its own up for that. */
async function withoutRights(target: Target, work: (pid: number, log: string) => Promise<void>): Promise<void> {
    const setpriv = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];
    const [file, ...args] = [...(process.getuid?.() === 0 ? setpriv : []), target.victim];
    const child = spawn(file, args, { stdio: ["pipe", "pipe", "inherit"] });
    const exited = once(child, "exit");
    const log = join(tmpdir(), `poolnv-${child.pid}.log`);
    try {
        await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
        await work(child.pid!, log);
        child.stdin.end("quit\n");
        assert.deepEqual(await exited, [0, null]);
    } finally {
        child.kill("SIGKILL");
        await exited;
        rmSync(log, { force: true });
    }
}
