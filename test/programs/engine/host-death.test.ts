import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describeTarget } from "../../fixtures/support/describe-target.js";
import { isRunning } from "../../fixtures/support/running.js";
import { type Target } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { sessionAgent } from "./agents.js";
import { type EngineCase, engineCases, open, pidFor } from "./engine-case.js";

const hostThatDies = fileURLToPath(new URL("./host-that-dies.js", import.meta.url));

/** A worker outlives the host that started it for as long as its request takes, and no longer. */
for (const [index, engineCase] of engineCases.entries()) {
    const { kind, target: targetName, missing } = engineCase;
    const subject = `a ${kind} worker in a ${targetName} program whose host is killed`;
    const suite = (target: () => Target): void => {
        it(`${subject}: it finishes its request, and then exits`, async () => {
            const victim = await Victim.start(target());
            try {
                const pid = await pidFor(engineCase, victim);
                const worker = await killHost(index, pid, 3);
                assert.ok(isRunning(worker), "it outlives its host");
                await waitUntil("the worker exits", () => !isRunning(worker), 15_000);
                assert.equal(await readMark(engineCase, pid), "finished without host");
                assert.equal((await victim.numbers("work 1 10000 4"))["corruptions"], 0);
                assert.equal(await victim.quit(), 0);
            } finally {
                victim.kill();
            }
        });

        it(`${subject} between two requests: it exits`, async () => {
            const victim = await Victim.start(target());
            try {
                const worker = await killHost(index, await pidFor(engineCase, victim), 0, 1500);
                await waitUntil("the worker exits", () => !isRunning(worker), 5000);
                assert.equal(await victim.quit(), 0);
            } finally {
                victim.kill();
            }
        });
    };
    describeTarget(targetName, subject, suite, missing);
}

/** @returns the pid of the worker, which has lost its host */
async function killHost(index: number, pid: number, seconds: number, delay = 500): Promise<number> {
    const host = spawn(process.execPath, [hostThatDies, ...[index, pid, seconds].map(String)], {
        stdio: ["pipe", "pipe", "inherit"],
    });
    const exited = once(host, "exit");
    try {
        const [worker] = (await once(createInterface({ input: host.stdout }), "line")) as [string];
        await pause(delay);
        return Number(worker);
    } finally {
        host.kill("SIGKILL");
        await exited;
    }
}

async function readMark(engineCase: EngineCase, pid: number): Promise<unknown> {
    const engine = await open(engineCase);
    try {
        const session = await engine.attach(pid, sessionAgent);
        const mark = await session.request("readMark", null);
        await session.detach();
        return mark;
    } finally {
        engine.close();
    }
}
