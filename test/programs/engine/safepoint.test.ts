import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { pythonWorkerFolder } from "../../../host/frida/worker/worker-command.js";
import { preparedPython } from "../../fixtures/support/python.js";
import { stateOf } from "../../fixtures/support/running.js";
import { stopProgram } from "../../fixtures/support/stop-program.js";
import { makeTarget, type Target, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";

const loneThread = fileURLToPath(new URL("../../../../test/fixtures/targets/lone_thread.c", import.meta.url));
const parkScript = fileURLToPath(new URL("../../../../test/programs/engine/park.py", import.meta.url));

/** The worker parks the main thread for an injection: host/frida/worker/python/poolnv_worker/safepoint.py. */
for (const name of ["linux-x64", "linux-i386"] as const) {
    describe(`the main thread of a ${name} program, parked at a safepoint`, { skip: whyNot(name) ?? false }, () => {
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
            "a main thread that allocates without pause is parked outside of malloc and goes on unharmed",
            inProgram(
                () => busy,
                async () => {
                    assert.equal(park(40, 2), 40);
                    assert.equal((await victim.numbers("calls"))["corruptions"], 0);
                    assert.equal(await victim.quit(0), 0);
                },
            ),
        );

        it(
            "a parked main thread goes on by itself if the worker is killed",
            inProgram(
                () => busy,
                async () => {
                    await parkForEver(async (worker) => {
                        worker.kill("SIGKILL");
                        await once(worker, "exit");
                    });
                    assert.equal((await victim.numbers("calls"))["corruptions"], 0);
                    assert.equal(park(5, 2), 5, "the next worker finds the loop free");
                    assert.equal(await victim.quit(0), 0);
                },
            ),
        );

        it(
            "a main thread parked during a blocking system call goes on waiting in that call",
            inProgram(
                () => idle,
                async () => {
                    assert.equal(park(20, 2), 20);
                    assert.equal((await victim.numbers("work 1 1000 4"))["corruptions"], 0);
                    assert.equal(await victim.quit(0), 0);
                },
            ),
        );

        it(
            "a main thread parked during a sleep sleeps no shorter and no longer",
            inProgram(
                () => idle,
                async () => {
                    const began = performance.now();
                    const slept = victim.order("sleep 8000");
                    await pause(4000);
                    assert.equal(park(3, 20), 3);
                    await slept;
                    const seconds = (performance.now() - began) / 1000;
                    assert.ok(seconds >= 8 && seconds < 11.5, `${seconds} s`);
                },
            ),
        );

        it(
            "the main thread of a stopped program is not parked",
            inProgram(
                () => idle,
                async () => {
                    await stopProgram(victim.pid);
                    assert.equal(park(1, 2), 0);
                    assert.equal(stateOf(victim.pid), "T");
                    process.kill(victim.pid, "SIGCONT");
                    assert.equal((await victim.numbers("work 1 1000 4"))["corruptions"], 0);
                },
            ),
        );

        /** @returns how often it was parked */
        function park(times: number, milliseconds: number): number {
            const args = [
                "-I",
                "-B",
                parkScript,
                pythonWorkerFolder(),
                String(victim.pid),
                String(times),
                String(milliseconds),
            ];
            const { stdout, stderr } = spawnSync(preparedPython(), args, { encoding: "utf8" });
            const count = /^parked (\d+)$/m.exec(stdout)?.[1];
            assert.ok(count !== undefined, stderr);
            return Number(count);
        }

        async function parkForEver(work: (worker: ChildProcess) => Promise<void>): Promise<void> {
            const args = ["-I", "-B", parkScript, pythonWorkerFolder(), String(victim.pid), "for-ever"];
            const worker = spawn(preparedPython(), args, { stdio: ["ignore", "pipe", "inherit"] });
            const [output] = (await once(worker.stdout, "data")) as [Buffer];
            assert.equal(output.toString().trim(), "parked 1");
            await work(worker);
        }
    });
}
