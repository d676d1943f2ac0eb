import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { basename } from "node:path";
import { it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { translateErrors } from "../../../host/client/translate-errors.js";
import { AgentRefusal, type Engine, EngineError, type EngineSession, WorkerDied } from "../../../host/frida/engine.js";
import { describeTarget } from "../../fixtures/support/describe-target.js";
import { isRunning, sessionOf } from "../../fixtures/support/running.js";
import { type Target } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { sessionAgent } from "./agents.js";
import { engineCases, open, openWithPid, pidFor } from "./engine-case.js";

/** The contract of `Engine`, for every engine. */
for (const engineCase of engineCases) {
    const { kind, target: targetName, missing } = engineCase;
    const subject = `the ${kind} engine on a ${targetName} program`;
    const suite = (target: () => Target): void => {
        let victim: Victim;
        let engine: Engine;

        const attached =
            (work: (session: EngineSession, pid: number) => Promise<void>): (() => Promise<void>) =>
            async () => {
                victim = await Victim.start(target());
                engine = await open(engineCase);
                try {
                    const pid = await pidFor(engineCase, victim);
                    await work(await engine.attach(pid, sessionAgent), pid);
                } finally {
                    engine.close();
                    victim.kill();
                }
            };

        it(`${subject} has the pinned frida-core`, async () => {
            engine = await open(engineCase);
            engine.close();
            assert.equal(engine.kind, kind);
            assert.equal(engine.version, engineCase.version);
        });

        it(
            `${subject} lists the processes`,
            attached(async (_session, pid) => {
                const found = (await engine.enumerateProcesses()).find((running) => running.pid === pid);
                assert.equal(found?.name, basename(target().victim));
            }),
        );

        it(`${subject} reports that there is no such process`, async () => {
            engine = await open(engineCase);
            const gone = kind === "wine" ? 65532 : spawnSync("true").pid;
            try {
                await assert.rejects(engine.attach(gone, sessionAgent), EngineError);
                const translated = translateErrors(() => engine.attach(gone, sessionAgent));
                await assert.rejects(translated, { name: "UserError", code: "NO_SUCH_PROCESS" });
            } finally {
                engine.close();
            }
        });

        it(
            `${subject} passes on requests and answers unchanged, small and large, in any script of Unicode`,
            attached(async (session) => {
                const values = [
                    "",
                    "ščř ÄÖ 日本語 🎮\u2028\u0001\\\"'\n",
                    { nested: [1, -2.5, null, true] },
                    null,
                    2 ** 53 - 1,
                ];
                for (const value of values) assert.deepEqual(await session.request("echo", value), value);
                const large = "péče 🎮 ".repeat(2 ** 17);
                assert.equal(await session.request("measure", large), large.length);
                assert.equal(await session.request("echo", large), large);
                assert.equal(await session.request("repeat", { text: "ñ", times: 2 ** 20 }), "ñ".repeat(2 ** 20));
            }),
        );

        it(
            `${subject} answers concurrent requests each with its own answer`,
            attached(async (session) => {
                const numbers = Array.from({ length: 100 }, (_, index) => index);
                assert.deepEqual(await Promise.all(numbers.map((n) => session.request("echo", n))), numbers);
            }),
        );

        it(
            `${subject} passes on the refusal of an agent, and goes on`,
            attached(async (session) => {
                const refused = session.request("refuse", "keine Lücke");
                await assert.rejects(refused, (error) => {
                    assert.ok(error instanceof AgentRefusal);
                    assert.equal(error.code, "NO_ROOM");
                    assert.equal(error.message, "keine Lücke");
                    return true;
                });
                assert.equal(await session.request("echo", "still here"), "still here");
            }),
        );

        it(
            `${subject} refuses a script that does not load, and can attach again`,
            attached(async (session, pid) => {
                await session.detach();
                await assert.rejects(engine.attach(pid, { name: "broken", source: "this is no script" }), EngineError);
                const again = await engine.attach(pid, sessionAgent);
                assert.equal(await again.request("echo", 1), 1);
            }),
        );

        it(
            `${subject} makes several calls in order, as one request`,
            attached(async (session, pid) => {
                const answers = await session.requestAll([
                    { method: "readMark", payload: null },
                    { method: "mark", payload: "marked" },
                    { method: "readMark", payload: null },
                ]);
                assert.deepEqual(answers, [null, "marked", "marked"]);
                await session.detach();
                const later = await engine.attach(pid, sessionAgent);
                assert.equal(await later.request("readMark", null), "marked");
            }),
        );

        it(
            `${subject} makes no call after one that was refused`,
            attached(async (session) => {
                const answers = session.requestAll([
                    { method: "echo", payload: 1 },
                    { method: "refuse", payload: "keine Lücke" },
                    { method: "mark", payload: "marked" },
                ]);
                await assert.rejects(answers, { name: "AgentRefusal", code: "NO_ROOM", message: "keine Lücke" });
                assert.equal(await session.request("readMark", null), null);
            }),
        );

        it(
            `${subject} reports that the program has ended`,
            attached(async (session) => {
                assert.equal(await victim.quit(), 0);
                assert.deepEqual(await session.detached, { reason: "process-terminated", crash: null });
                const late = translateErrors(() => session.request("echo", 1));
                await assert.rejects(late, { name: "UserError", code: "TARGET_GONE" });
            }),
        );

        it(`${subject} attaches and detaches five times, each time from a worker of its own`, async () => {
            victim = await Victim.start(target());
            try {
                const pid = await pidFor(engineCase, victim);
                for (let round = 0; round < 5; round++) {
                    const { engine, worker } = await openWithPid(engineCase);
                    const session = await engine.attach(pid, sessionAgent);
                    assert.equal(await session.request("readMark", null), round === 0 ? null : `round ${round - 1}`);
                    await session.request("mark", `round ${round}`);
                    await session.detach();
                    assert.equal((await session.detached).reason, "application-requested");
                    engine.close();
                    await waitUntil("the worker exits", () => !isRunning(worker));
                }
                assert.equal(await victim.quit(), 0);
            } finally {
                victim.kill();
            }
        });

        it(`${subject} detects at once that its worker was killed, and the program lives`, async () => {
            victim = await Victim.start(target());
            const { engine, worker } = await openWithPid(engineCase);
            try {
                const pid = await pidFor(engineCase, victim);
                const session = await engine.attach(pid, sessionAgent);
                const pending = session.request("answerLate", 3);
                await pause(200);
                const killed = Date.now();
                process.kill(worker, "SIGKILL");
                await assert.rejects(pending, WorkerDied);
                assert.ok(Date.now() - killed < 2000, "at once");
                assert.deepEqual(await session.detached, { reason: "worker-died", crash: null });
                await assert.rejects(session.request("echo", 1), WorkerDied);
                engine.close();
                assert.ok((await victim.numbers("work 1 10000 4"))["corruptions"] === 0);
                const { engine: second } = await openWithPid(engineCase);
                const again = await second.attach(pid, sessionAgent);
                assert.equal(await again.request("echo", "again"), "again");
                await again.detach();
                second.close();
                assert.equal(await victim.quit(), 0);
            } finally {
                victim.kill();
            }
        });

        it(`${subject} has a worker that Ctrl-C and hang-up in the terminal do not reach`, async () => {
            const { engine, worker } = await openWithPid(engineCase);
            try {
                assert.equal(sessionOf(worker), worker, "it has a session of its own");
                if (kind === "wine") return; // Wine itself ends a program that is sent these signals
                for (const signal of ["SIGINT", "SIGHUP"] as const) process.kill(worker, signal);
                assert.ok(Array.isArray(await engine.enumerateProcesses()));
            } finally {
                engine.close();
            }
            await waitUntil("the worker exits", () => !isRunning(worker));
        });
    };
    describeTarget(targetName, subject, suite, missing);
}
