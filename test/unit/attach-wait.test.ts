import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { waitForProgram } from "../../host/frida/wait-for-program.js";
import { run } from "./command-runner.js";

describe("poolnv attach --wait", () => {
    it("poolnv attach --wait attaches to the program when it starts", async () => {
        const { code, calls } = await run(["attach", "game", "--wait", "5", "--detach"]);
        assert.equal(code, 0);
        assert.deepEqual(
            calls.map(({ name, target }) => [name, target]),
            [
                ["waitForProgram", "game"],
                ["attach", 4711],
            ],
        );
    });

    for (const [args, message] of [
        [["game", "--wait", "0"], /--wait is "0"/],
        [["game", "--wait", "soon"], /number of seconds/],
        [["game", "--wait", "1000000"], /1 to 99999/],
        [["game", "--in", "/"], /--in needs --wait/],
        [["4711", "--wait", "5"], /no pid yet/],
        [["game", "--wait", "5", "--in", "/nowhere"], /no folder \/nowhere/],
    ] as const) {
        it(`poolnv attach ${args.join(" ")} is refused`, async () => {
            const { code, stderr, calls } = await run(["attach", ...args]);
            assert.deepEqual([code, calls], [2, []]);
            assert.match(stderr, message);
        });
    }
});

describe("waitForProgram", { skip: process.platform !== "linux" && "processes are read from /proc" }, () => {
    const scratch = mkdtempSync(join(tmpdir(), "poolnv-wait-"));
    const name = `waited-${scratch.slice(-6)}`;
    const started: number[] = [];
    after(() => {
        for (const pid of started) process.kill(pid, "SIGKILL");
        rmSync(scratch, { recursive: true, force: true });
    });

    it("waitForProgram returns the pid when the program runs, and reports that it waits", async () => {
        const progress: string[] = [];
        const waiting = waitForProgram(name, { ...usual, onProgress: (line) => progress.push(line) });
        await new Promise((resolve) => setTimeout(resolve, 300));
        const pid = start("one");
        assert.equal(await waiting, pid);
        assert.deepEqual(progress, [`waiting for ${name} to start`]);
    });

    it("waitForProgram returns only a program of the given folder", async () => {
        const pid = start("two");
        assert.equal(await waitForProgram(name, { ...usual, folder: join(scratch, "two") }), pid);
        assert.equal(await waitForProgram(name, { ...usual, seconds: 1 }), name, "two match; attach reports that");
    });

    it("waitForProgram rejects if the program does not start in time", async () => {
        const waiting = waitForProgram("no-such-game", { ...usual, seconds: 1 });
        await assert.rejects(waiting, { code: "NO_SUCH_PROCESS", message: /not started within 1 s/ });
    });

    const usual = { engine: "auto", seconds: 20, folder: null, onProgress: () => {} } as const;

    function start(folder: string): number {
        mkdirSync(join(scratch, folder));
        copyFileSync("/bin/sleep", join(scratch, folder, name));
        const { pid } = spawn(join(scratch, folder, name), ["60"], { stdio: "ignore" });
        started.push(pid!);
        return pid!;
    }
});
