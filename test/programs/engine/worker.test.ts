import assert from "node:assert/strict";
import { it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { EngineSession, ScriptSource } from "../../../host/frida/engine.js";
import { isOnBinding } from "../../fixtures/support/binding.js";
import { describeTarget } from "../../fixtures/support/describe-target.js";
import { isRunning } from "../../fixtures/support/running.js";
import { type Target } from "../../fixtures/support/targets.js";
import { isQuickTier } from "../../fixtures/support/tier.js";
import { Victim } from "../../fixtures/support/victim.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { forgingAgent, sessionAgent, stayingAgent, talkingAgent } from "./agents.js";
import { allEngineCases, type EngineCase, engineCases, open, openWithPid, pidFor } from "./engine-case.js";

/** Longer than an attach takes without waiting. */
const waitingMs = 4000;

/** How long an attach waits for another tracer to leave the program. */
const otherTracerMs = 3000;

/** What the worker of every engine does beside the steps of its requests; the quick tier has the first of the tests. */
for (const engineCase of isQuickTier() ? engineCases : allEngineCases) {
    const { kind, target: targetName, missing } = engineCase;
    const subject = `the ${kind} worker on a ${targetName} program`;
    const suite = (target: () => Target): void => {
        let victim: Victim;
        let pid: number;

        const withVictim = (work: () => Promise<void>): (() => Promise<void>) => {
            return async () => {
                victim = await Victim.start(target());
                try {
                    pid = await pidFor(engineCase, victim);
                    await work();
                    assert.equal(await victim.quit(), 0);
                } finally {
                    victim.kill();
                }
            };
        };
        const attached = (
            agent: ScriptSource,
            work: (session: EngineSession) => Promise<void>,
        ): (() => Promise<void>) =>
            withVictim(async () => {
                const engine = await open(engineCase);
                try {
                    const session = await engine.attach(pid, agent);
                    await work(session);
                    await session.detach();
                } finally {
                    engine.close();
                }
            });

        const other: EngineCase = { ...engineCase, kind: "python" };
        const pairs: (readonly [EngineCase, EngineCase])[] = isOnBinding
            ? [
                  [engineCase, other],
                  [other, engineCase],
                  [engineCase, engineCase],
              ]
            : [[engineCase, engineCase]];
        for (const [first, second] of isQuickTier() ? pairs.slice(0, 1) : pairs) {
            const workers = first === second ? "of two workers" : `of a ${first.kind} and a ${second.kind} worker`;

            it(
                `${subject}: ${workers} one attaches when the other has left`,
                withVictim(async () => {
                    const holder = await openWithPid(first);
                    const waiting = await open(second);
                    try {
                        await holder.engine.attach(pid, sessionAgent);
                        const attaching = waiting.attach(pid, sessionAgent);
                        const early = await Promise.race([attaching.then(() => "attached"), pause(waitingMs, "waits")]);
                        assert.equal(early, "waits");
                        holder.engine.close();
                        const session = await attaching;
                        // It releases the lock as the last thing before it exits.
                        await waitUntil("the other worker exits", () => !isRunning(holder.worker), 2000);
                        assert.equal(await session.request("echo", 1), 1);
                        await session.detach();
                    } finally {
                        holder.engine.close();
                        waiting.close();
                    }
                }),
            );
        }

        it(
            `${subject}: an exception of a script is passed on with its stack, and what it sends and logs as text`,
            attached(talkingAgent, async (session) => {
                const texts: string[] = [];
                session.onMessage((text) => texts.push(text));
                await session.request("talk", null);
                await waitUntil("all messages", () => texts.length >= 3);
                assert.ok(
                    texts.some((text) => /^Error: fault 4711\n +at /.test(text)),
                    texts.join("\n---\n"),
                );
                assert.ok(texts.includes('{"one":1}') && texts.includes("logged"), texts.join("\n---\n"));
            }),
        );

        it(`${subject}: attaches to a program that it has started without waiting for another tracer`, async () => {
            const engine = await open(engineCase);
            const program = target().ownPath(target().victim);
            const started = await engine.spawn(program, {
                argv: [program],
                cwd: target().ownPath("/"),
                env: undefined,
            });
            try {
                const began = performance.now();
                const session = await engine.attach(started, sessionAgent);
                assert.ok(performance.now() - began < otherTracerMs, `${performance.now() - began} ms`);
                await session.detach();
            } finally {
                await engine.kill(started);
                engine.close();
            }
        });

        if (isQuickTier()) return;

        it(`${subject}: the list of processes has neither the worker nor the host`, async () => {
            const { engine, worker } = await openWithPid(engineCase);
            try {
                const running = (await engine.enumerateProcesses()).map((each) => each.pid);
                assert.ok(running.length > 0);
                if (kind !== "wine") assert.ok(!running.includes(worker) && !running.includes(process.pid));
            } finally {
                engine.close();
            }
        });

        it(
            `${subject}: of a script that sends without end, a hundred messages are passed on, each cut`,
            attached(talkingAgent, async (session) => {
                const texts: string[] = [];
                session.onMessage((text) => texts.push(text));
                await session.request("flood", 150);
                assert.equal(await session.request("talk", null), null); // later than the flood
                assert.deepEqual([texts.length, Math.max(...texts.map(({ length }) => length))], [100, 2000]);
            }),
        );

        it(
            `${subject}: a program that answers with no reply, or with a forged error, gets an error of the engine`,
            attached(forgingAgent, async (session) => {
                for (const forged of [
                    null,
                    1,
                    "text",
                    [],
                    { ok: true },
                    { ok: false, error: { code: 5, message: "" } },
                ]) {
                    const answer = session.request("answer", forged);
                    await assert.rejects(answer, { name: "EngineError", fridaName: "InvalidAnswer" });
                }
                for (const forged of [{ name: { a: 1 }, message: ["b"] }, { name: "ProgramBusy" }, { stack: 5 }]) {
                    const answer = session.request("fail", forged);
                    await assert.rejects(answer, { name: "EngineError", fridaName: "RPCException" });
                }
                assert.deepEqual(await session.request("answer", { ok: true, value: 7 }), 7);
            }),
        );

        if (kind === "wine") return; // Wine itself ends a program that is sent a signal

        it(
            `${subject}: refuses an attach while the agent of its last session is still in the program`,
            withVictim(async () => {
                const engine = await open(engineCase);
                try {
                    const session = await engine.attach(pid, stayingAgent);
                    await session.request("stay", null);
                    await session.detach();
                    await assert.rejects(engine.attach(pid, sessionAgent), { fridaName: "ProgramBusy" });
                } finally {
                    engine.close();
                }
            }),
        );

        it(`${subject}: SIGTERM ends it between two requests`, async () => {
            const { engine, worker } = await openWithPid(engineCase);
            process.kill(worker, "SIGTERM");
            await waitUntil("the worker exits", () => !isRunning(worker));
            engine.close();
        });

        it(
            `${subject}: a request during which SIGTERM comes is finished`,
            withVictim(async () => {
                const { engine, worker } = await openWithPid(engineCase);
                try {
                    const session = await engine.attach(pid, sessionAgent);
                    const answer = session.request("answerLate", 2);
                    await pause(500);
                    process.kill(worker, "SIGTERM");
                    assert.equal(await answer, "late");
                    await session.detach();
                } finally {
                    engine.close();
                }
            }),
        );
    };
    describeTarget(targetName, subject, suite, missing);
}
