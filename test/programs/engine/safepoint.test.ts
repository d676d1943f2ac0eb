import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { pythonWorker } from "../../../host/frida/python.js";
import { preparedPython } from "../../fixtures/support/python.js";
import { stateOf } from "../../fixtures/support/running.js";
import { stopProgram } from "../../fixtures/support/stop-program.js";
import { makeTarget, type Target, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";

const loneThread = fileURLToPath(new URL("../../../../test/fixtures/targets/lone_thread.c", import.meta.url));
const borrower = fileURLToPath(new URL("../../../../test/programs/engine/borrower.py", import.meta.url));

/** What makes Frida's injection safe in a program of any kind: host/frida/worker/python/safepoint.py. */
for (const name of ["linux-x64", "linux-i386"] as const) {
    describe(`the main thread of a ${name} program, borrowed at a safepoint`, { skip: whyNot(name) ?? false }, () => {
        let busy: Target;
        let idle: Target;
        let victim: Victim;

        before(async () => {
            busy = await makeTarget(name, { source: loneThread });
            idle = await makeTarget(name);
        });
        after(() => {
            busy.remove();
            idle.remove();
        });

        const inProgram =
            (target: () => Target, work: () => Promise<void>): (() => Promise<void>) =>
            async () => {
                victim = await Victim.start(target());
                try {
                    await work();
                } finally {
                    victim.kill();
                }
            };

        it(
            "is found outside of malloc however much it allocates, and goes on as if nothing had been",
            inProgram(
                () => busy,
                async () => {
                    assert.equal(borrow(40, 2), 40);
                    assert.equal((await victim.numbers("calls"))["corruptions"], 0);
                    assert.equal(await victim.quit(0), 0);
                },
            ),
        );

        it(
            "goes on by itself, if whoever borrowed it is killed",
            inProgram(
                () => busy,
                async () => {
                    await borrowForEver(async (holder) => {
                        holder.kill("SIGKILL");
                        await once(holder, "exit");
                    });
                    assert.equal((await victim.numbers("calls"))["corruptions"], 0);
                    assert.equal(borrow(5, 2), 5, "the next one finds the loop free");
                    assert.equal(await victim.quit(0), 0);
                },
            ),
        );

        it(
            "goes on waiting in the call that it waited in",
            inProgram(
                () => idle,
                async () => {
                    assert.equal(borrow(20, 2), 20);
                    assert.equal((await victim.numbers("work 1 1000 4"))["corruptions"], 0);
                    assert.equal(await victim.quit(0), 0);
                },
            ),
        );

        it(
            "sleeps for as long as it meant to",
            inProgram(
                () => idle,
                async () => {
                    const began = performance.now();
                    const slept = victim.order("sleep 8000");
                    await pause(4000);
                    assert.equal(borrow(3, 20), 3);
                    await slept;
                    const seconds = (performance.now() - began) / 1000;
                    assert.ok(seconds >= 8 && seconds < 11.5, `${seconds} s`);
                },
            ),
        );

        it(
            "is left alone in a program that is stopped",
            inProgram(
                () => idle,
                async () => {
                    await stopProgram(victim.pid);
                    assert.equal(borrow(1, 2), 0);
                    assert.equal(stateOf(victim.pid), "T");
                    process.kill(victim.pid, "SIGCONT");
                    assert.equal((await victim.numbers("work 1 1000 4"))["corruptions"], 0);
                },
            ),
        );

        /** @returns how often it was held */
        function borrow(times: number, milliseconds: number): number {
            const args = [
                "-I",
                "-B",
                borrower,
                pythonWorker(),
                String(victim.pid),
                String(times),
                String(milliseconds),
            ];
            const { stdout, stderr } = spawnSync(preparedPython(), args, { encoding: "utf8" });
            const count = /^held (\d+)$/m.exec(stdout)?.[1];
            assert.ok(count !== undefined, stderr);
            return Number(count);
        }

        async function borrowForEver(work: (holder: ChildProcess) => Promise<void>): Promise<void> {
            const args = ["-I", "-B", borrower, pythonWorker(), String(victim.pid), "for-ever"];
            const holder = spawn(preparedPython(), args, { stdio: ["ignore", "pipe", "inherit"] });
            const [said] = (await once(holder.stdout, "data")) as [Buffer];
            assert.equal(said.toString().trim(), "held 1");
            await work(holder);
        }
    });
}
