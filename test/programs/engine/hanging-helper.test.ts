import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { pythonWorkerFolder } from "../../../host/frida/worker/worker-command.js";
import { preparedPython } from "../../fixtures/support/python.js";
import { isRunning, isTraced } from "../../fixtures/support/running.js";
import { makeTarget, type Target, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";

const stopByPtrace = fileURLToPath(new URL("../../../../test/programs/engine/stop_by_ptrace.py", import.meta.url));

/** Frida's own helper hangs so about once in fifty programs that are stopped while it traces them. */
describe("a program whose main thread stays in a tracing stop", { skip: whyNot("linux-x64") ?? false }, () => {
    let target: Target;
    let victim: Victim;
    let folder: string;
    const children: ChildProcess[] = [];

    before(async () => {
        target = await makeTarget("linux-x64");
        folder = mkdtempSync(join(tmpdir(), "poolnv-traced-"));
    });
    after(() => {
        target.remove();
        rmSync(folder, { recursive: true });
    });

    const traced =
        (program: string, work: (tracer: ChildProcess) => Promise<void>): (() => Promise<void>) =>
        async () => {
            victim = await Victim.start(target);
            try {
                const tracer = await trace(program);
                children.push(startWatchdog(victim.pid));
                await work(tracer);
            } finally {
                for (const child of children.splice(0)) child.kill("SIGKILL");
                victim.kill();
            }
        };

    it(
        "a program that a hanging helper of Frida's traces goes on: the watchdog kills the helper",
        traced("frida-0123456789abcdef/helper", async (tracer) => {
            await waitUntil("it is released", () => !isTraced(victim.pid));
            assert.ok(!isRunning(tracer.pid!), "the helper has been killed");
            assert.equal((await victim.numbers("work 1 10000 4"))["corruptions"], 0);
            assert.equal(await victim.quit(), 0);
        }),
    );

    it(
        "a program that a debugger traces is left to the debugger by the watchdog",
        traced("debugger", async (tracer) => {
            await pause(8000);
            assert.ok(isRunning(tracer.pid!) && isTraced(victim.pid));
        }),
    );

    /** Stops the victim's main thread by a copy of Python with such a path. */
    async function trace(program: string): Promise<ChildProcess> {
        const [executable, prefix] = privatePython(
            "import os, sys; print(os.path.realpath(sys.executable)); print(sys.base_prefix)",
        );
        const copy = join(folder, program);
        mkdirSync(join(copy, ".."), { recursive: true });
        copyFileSync(executable!, copy);
        const environment = { ...process.env, PYTHONHOME: prefix };
        const tracer = spawn(copy, [stopByPtrace, String(victim.pid)], {
            stdio: ["ignore", "pipe", "inherit"],
            env: environment,
        });
        children.push(tracer);
        await once(tracer.stdout, "data");
        assert.ok(isTraced(victim.pid));
        return tracer;
    }
});

/** The watchdog that every worker has. */
function startWatchdog(pid: number): ChildProcess {
    const path = JSON.stringify(pythonWorkerFolder());
    const code = `import sys; sys.path.insert(0, ${path}); from poolnv_worker import helper_watchdog; helper_watchdog.watch({${pid}})`;
    return spawn(preparedPython(), ["-I", "-B", "-c", code], { stdio: "inherit" });
}

function privatePython(code: string): string[] {
    return spawnSync(preparedPython(), ["-I", "-c", code], { encoding: "utf8" }).stdout.trim().split("\n");
}
