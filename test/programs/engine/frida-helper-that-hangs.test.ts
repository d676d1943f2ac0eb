import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { pythonWorker } from "../../../host/frida/python.js";
import { preparedPython } from "../../fixtures/support/python.js";
import { isRunning, isTraced } from "../../fixtures/support/running.js";
import { makeTarget, whyNot, type Target } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";

const holder = fileURLToPath(new URL("../../../../test/programs/engine/holder.py", import.meta.url));

/** The real thing holds a thread for ever about once in fifty programs that are stopped in its hands. */
describe("a program whose main thread is held by ptrace for ever", { skip: whyNot("linux-x64") ?? false }, () => {
    let target: Target;
    let victim: Victim;
    let folder: string;
    const children: ChildProcess[] = [];

    before(async () => {
        target = await makeTarget("linux-x64");
        folder = mkdtempSync(join(tmpdir(), "poolnv-held-"));
    });
    after(() => {
        target.remove();
        rmSync(folder, { recursive: true });
    });

    const held =
        (program: string, work: (tracer: ChildProcess) => Promise<void>): (() => Promise<void>) =>
        async () => {
            victim = await Victim.start(target);
            try {
                const tracer = await hold(program);
                children.push(watch(victim.pid));
                await work(tracer);
            } finally {
                for (const child of children.splice(0)) child.kill("SIGKILL");
                victim.kill();
            }
        };

    it(
        "goes on, when a helper of Frida's holds it",
        held("frida-0123456789abcdef/helper", async (tracer) => {
            await waitUntil("it is released", () => !isTraced(victim.pid));
            assert.ok(!isRunning(tracer.pid!), "by the end of the helper");
            assert.equal((await victim.numbers("work 1 10000 4"))["corruptions"], 0);
            assert.equal(await victim.quit(), 0);
        }),
    );

    it(
        "is left to a debugger, which may hold it for as long as it likes",
        held("debugger", async (tracer) => {
            await pause(8000);
            assert.ok(isRunning(tracer.pid!) && isTraced(victim.pid));
        }),
    );

    /** A copy of Python that holds the victim's main thread. */
    async function hold(program: string): Promise<ChildProcess> {
        const [executable, prefix] = privatePython(
            "import os, sys; print(os.path.realpath(sys.executable)); print(sys.base_prefix)",
        );
        const copy = join(folder, program);
        mkdirSync(join(copy, ".."), { recursive: true });
        copyFileSync(executable!, copy);
        const environment = { ...process.env, PYTHONHOME: prefix };
        const tracer = spawn(copy, [holder, String(victim.pid)], {
            stdio: ["ignore", "pipe", "inherit"],
            env: environment,
        });
        children.push(tracer);
        await once(tracer.stdout, "data");
        assert.ok(isTraced(victim.pid));
        return tracer;
    }
});

/** What every worker does beside its work. */
function watch(pid: number): ChildProcess {
    const path = JSON.stringify(pythonWorker());
    const code = `import sys; sys.path.insert(0, ${path}); import frida_helper_that_hangs as it; it.see_to({${pid}})`;
    return spawn(preparedPython(), ["-I", "-B", "-c", code], { stdio: "inherit" });
}

function privatePython(code: string): string[] {
    return spawnSync(preparedPython(), ["-I", "-c", code], { encoding: "utf8" }).stdout.trim().split("\n");
}
