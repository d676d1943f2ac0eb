import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { residentScript, sessionScript } from "../../host/client/agent-scripts.js";
import { attach } from "../../host/client/open.js";
import { AgentRefusal, type Engine, type EngineSession } from "../../host/frida/engine.js";
import { openEngine } from "../../host/frida/open-engine.js";
import type { PrepareRequest } from "../../shared/protocol/install.js";
import type { CompileTarget } from "../fixtures/prepare/compile.js";
import { describeTarget } from "../fixtures/support/describe-target.js";
import { HardenedVictims } from "../fixtures/support/hardened.js";
import { poolnv } from "../fixtures/support/poolnv.js";
import { type Target, whyNot } from "../fixtures/support/targets.js";
import { Victim } from "../fixtures/support/victim.js";
import { sabotagedScript, sabotageMessage } from "./sabotaged-script.js";

const mb = 1_048_576;
/** Of 4 GB of address space only three such pools would fit, if one were not given back. */
const poolBytes = 1024 * mb;

describe("a failed installation gives everything back", () => {
    describe("in a linux-x64 program", { skip: whyNot("linux-x64") ?? false }, () => {
        let victims: HardenedVictims;

        before(async () => {
            victims = await HardenedVictims.make();
        });
        after(() => victims.remove());

        it("linux-x64: at whatever step an installation fails, the memory map is as before and a fork works", () =>
            victims.with(
                [],
                async (victim) => {
                    const atFirst = addressSpaceOf(victim.pid);
                    const points = await withSession(victim.pid, "python", async (session) => {
                        let attached = 0;
                        return walk(session, prepareRequest("whole"), 1, async (point) => {
                            if (point === 1) attached = addressSpaceOf(victim.pid);
                            const taken = addressSpaceOf(victim.pid) - attached;
                            assert.ok(taken < 4 * mb, `${taken} bytes are kept after step ${point}`);
                            assert.equal(await victim.order("fork"), "alive", `after step ${point}`);
                        });
                    });
                    assert.ok(points > 60, `${points} steps`);
                    await leftAlone();
                    const kept = addressSpaceOf(victim.pid) - atFirst;
                    assert.ok(kept > poolBytes && kept < poolBytes + 256 * mb, `${kept} bytes with the one pool`);
                    assert.equal(await victim.order("fork"), "alive");
                    assert.equal(await victim.quit(), 0);
                },
                oneArena,
                [victims.oneThread],
            ));

        for (const word of ["deny-clone", "deny-ptrace"]) {
            it(`linux-x64: attaching again and again takes no address space if its threads can't be suspended (${word})`, () =>
                victims.with(
                    [word],
                    async (victim) => {
                        const atFirst = addressSpaceOf(victim.pid);
                        for (let round = 0; round < 3; round++) {
                            const attached = await poolnv(["attach", String(victim.pid), "--sandboxed", "on"]);
                            assert.equal(attached.code, 5, attached.stderr);
                            assert.match(attached.stderr, /does not permit suspending/);
                            await leftAlone();
                            const kept = addressSpaceOf(victim.pid) - atFirst;
                            assert.ok(kept < 256 * mb, `${kept} bytes are kept after attach ${round + 1}`);
                        }
                        assert.equal(await victim.order("counters"), "none");
                        assert.equal(await victim.quit(), 0);
                    },
                    oneArena,
                ));
        }

        it("linux-x64: a pool whose host died before the hooks gives its address space back, and another can be installed", () =>
            victims.with([], async (victim) => {
                const kept = await withSession(victim.pid, "python", async (session) => {
                    const unhooked = { method: "prepare", payload: prepareRequest("whole") };
                    await session.plant(residentScript(), unhooked, { method: "find", payload: null });
                    const prepared = addressSpaceOf(victim.pid);
                    await pause(givenUpMs);
                    return prepared - addressSpaceOf(victim.pid);
                });
                assert.ok(kept >= poolBytes, `${kept} bytes came back`);
                await checkPool(victim, victim.pid);
            }));
    });

    const others: [CompileTarget, PrepareRequest["reserve"]][] = [
        ["linux-i386", "whole"],
        ["win32-msvcrt", "whole"],
        ["win32-msvcrt", "segments"],
    ];
    for (const [name, reserve] of others) {
        describeTarget(name, `in a ${name} program`, (target) => {
            it(`${name}, reserve = ${reserve}: at whatever step an installation fails, nothing is kept`, () =>
                withVictim(target(), async (victim, pid) => {
                    const { engine } = target();
                    const points = await withSession(pid, engine, (session) =>
                        walk(session, prepareRequest(reserve), 3, () => Promise.resolve()),
                    );
                    assert.ok(points > 60, `${points} steps`);
                    await checkPool(victim, victim.processName);
                }));
        });
    }
});

/** glibc keeps the address space of the arenas that Frida's threads had. */
const oneArena = ["env", "MALLOC_ARENA_MAX=1"];

/** More than a prepared pool waits for its hooks (agent/install/prepare.ts). */
const givenUpMs = 33_000;

/**
 * Lets an installation fail at one step after the other, until one succeeds because it has no more steps.
 *
 * @param stride 1: every step
 * @returns the number of steps
 */
async function walk(
    session: EngineSession,
    payload: PrepareRequest,
    stride: number,
    check: (point: number) => Promise<void>,
): Promise<number> {
    for (let point = 1; ; point += stride) {
        try {
            const writeHooks = { method: "writeHooks", payload: null };
            await session.plant(sabotagedScript(point), { method: "prepare", payload }, writeHooks);
            return point;
        } catch (error) {
            assert.ok(error instanceof AgentRefusal, String(error));
            assert.match(error.message, sabotageMessage, `step ${point}`);
        }
        await check(point);
    }
}

async function withSession<T>(
    pid: number,
    kind: Engine["kind"],
    work: (session: EngineSession) => Promise<T>,
): Promise<T> {
    const wine = kind === "wine" ? { loader: null, prefix: null } : null;
    const engine = await openEngine({ choice: kind, wine, programOutput: "none", onProgress: () => {} });
    try {
        const session = await engine.attach(pid, sessionScript());
        const result = await work(session);
        await session.detach();
        return result;
    } finally {
        engine.close();
    }
}

async function withVictim(target: Target, work: (victim: Victim, pid: number) => Promise<void>): Promise<void> {
    const victim = await Victim.start(target);
    try {
        await work(victim, (await victim.numbers("pid"))["pid"]!);
    } finally {
        victim.kill();
        await victim.exited;
    }
}

/** The victim has a pool, or gets one. */
async function checkPool(victim: Victim, program: string | number): Promise<void> {
    const client = await attach(program);
    // Windows places what it loads at random, which may leave a hole that is a little smaller.
    assert.ok(client.facts.poolBytes >= 0.8 * poolBytes, `${client.facts.poolBytes / mb} MB`);
    assert.equal((await victim.numbers("work 1 50000 4"))["corruptions"], 0);
    assert.ok((await client.statistics()).pool_allocs > 0);
    await client.close();
    assert.equal(await victim.quit(), 0);
}

function prepareRequest(reserve: PrepareRequest["reserve"]): PrepareRequest {
    return {
        poolBytes,
        strategy: "recycle",
        reserve,
        tuning: {
            quarantineBytes: 0,
            prefaultBytes: reserve === "segments" ? 512 * mb : 0, // reserves segments at once
            trimIdleSeconds: 0,
            groupBytes: { small: 0, medium: 0, large: 0, huge: 0 },
        },
        layers: ["crt"],
        gameConsole: false,
        extraPatches: false,
        unpackingMs: 0,
        logFile: null,
    };
}

/** Frida unloads its agent after a session. */
function leftAlone(): Promise<void> {
    return pause(3000);
}

/** In bytes. */
function addressSpaceOf(pid: number): number {
    const [, size] = /^VmSize:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return 1024 * Number(size);
}
