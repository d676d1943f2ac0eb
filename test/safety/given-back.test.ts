import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { ProcessMemory } from "../../host/client/mailbox/process-memory.js";
import { AgentRefusal, type EngineSession } from "../../host/frida/engine.js";
import { controlBytes, controlLayout, controlMagic, stages } from "../../shared/layout.js";
import type { PrepareRequest } from "../../shared/protocol/install.js";
import type { CompileTarget } from "../fixtures/prepare/compile.js";
import { describeTarget } from "../fixtures/support/describe-target.js";
import { HardenedVictims } from "../fixtures/support/hardened.js";
import { poolnv } from "../fixtures/support/poolnv.js";
import { type Target, whyNot } from "../fixtures/support/targets.js";
import { Victim } from "../fixtures/support/victim.js";
import { waitUntil } from "../fixtures/support/wait-until.js";
import { installation, prepareRequest, withInstaller } from "../fixtures/support/with-installer.js";
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
                    const points = await withInstaller(
                        victim.pid,
                        "python",
                        async (session) => {
                            let attached = 0;
                            return walk(session, requestFor("whole"), 1, async (point) => {
                                if (point === 1) attached = addressSpaceOf(victim.pid);
                                const taken = addressSpaceOf(victim.pid) - attached;
                                assert.ok(taken < 4 * mb, `${taken} bytes are kept after step ${point}`);
                                assert.equal(residentsOf(victim.pid), 0, `after step ${point}`);
                                assert.equal(await victim.order("fork"), "alive", `after step ${point}`);
                            });
                        },
                        sabotagedScript(),
                    );
                    assert.equal(residentsOf(victim.pid), 1);
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

        it("linux-x64: a pool whose host leaves before the hooks is given back with its thread, and another can be installed", () =>
            victims.with(
                [],
                async (victim) => {
                    const prepared = await withInstaller(victim.pid, "python", async (session) => {
                        await session.request("prepare", requestFor("whole"));
                        await waitUntil("the resident runs", () => residentsOf(victim.pid) === 1);
                        return addressSpaceOf(victim.pid);
                    });
                    assert.equal(residentsOf(victim.pid), 0);
                    const returned = prepared - addressSpaceOf(victim.pid);
                    assert.ok(returned >= poolBytes - stacksOfFrida, `${returned} bytes came back`);
                    await withInstaller(victim.pid, "python", async (session) => {
                        await session.requestAll(installation(requestFor("whole")));
                    });
                    await checkPool(victim);
                },
                oneArena,
            ));

        it("linux-x64: a pool whose hooks can't be written is given back with its thread", () =>
            victims.with(
                [],
                async (victim) => {
                    await withInstaller(victim.pid, "python", async (session) => {
                        const attached = addressSpaceOf(victim.pid);
                        await session.request("prepare", requestFor("whole"));
                        forbidHooks(victim.pid);
                        const refused = session.request("writeHooks", null);
                        await assert.rejects(refused, { name: "AgentRefusal", code: "THREADS_WOULD_NOT_STOP" });
                        assert.equal(residentsOf(victim.pid), 0);
                        const kept = addressSpaceOf(victim.pid) - attached;
                        assert.ok(kept < 4 * mb, `${kept} bytes are kept`);
                        await session.requestAll(installation(requestFor("whole")));
                    });
                    await checkPool(victim);
                },
                oneArena,
            ));
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
                    const before = threadsOf(victim.pid);
                    const points = await withInstaller(
                        pid,
                        engine,
                        (session) => walk(session, requestFor(reserve), 3, () => Promise.resolve()),
                        sabotagedScript(),
                    );
                    assert.ok(points > 60, `${points} steps`);
                    await waitUntil("all but one thread have gone", () => threadsOf(victim.pid) <= before + 1);
                    await checkPool(victim);
                }));
        });
    }
});

/** glibc keeps the address space of the arenas that Frida's threads had. */
const oneArena = ["env", "MALLOC_ARENA_MAX=1"];

/** In bytes: glibc keeps the stacks of threads that have ended, up to 40 MB of them. */
const stacksOfFrida = 40 * mb;

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
    await session.request("namesakes", null); // what the script finds out once is no step
    for (let point = 1; ; point += stride) {
        try {
            await session.requestAll([{ method: "sabotage", payload: point }, ...installation(payload)]);
            return point;
        } catch (error) {
            assert.ok(error instanceof AgentRefusal, String(error));
            assert.match(error.message, sabotageMessage, `step ${point}`);
        }
        await check(point);
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

/** The victim has a pool, and works on. */
async function checkPool(victim: Victim): Promise<void> {
    assert.equal((await victim.numbers("work 1 50000 4"))["corruptions"], 0);
    const { pool_allocs, pool_size } = await victim.numbers("counters");
    assert.ok(pool_allocs! > 0);
    assert.ok(pool_size! > 0 && pool_size! <= poolBytes, `${pool_size! / mb} MB`);
    assert.equal(await victim.quit(), 0);
}

/** As if another host had given the pool up. */
function forbidHooks(pid: number): void {
    const memory = ProcessMemory.open(pid)!;
    const found = memory
        .writableRanges()
        .find(
            ({ start }) =>
                memory.read(start, controlBytes)?.toString("latin1", 0, controlMagic.length) === controlMagic,
        );
    assert.ok(found !== undefined, "the program has a control block");
    const stage = Buffer.alloc(4);
    stage.writeUInt32LE(stages.empty);
    memory.write(found.start + controlLayout.stage.offset, stage);
    memory.close();
}

function requestFor(reserve: PrepareRequest["reserve"]): PrepareRequest {
    const request = prepareRequest(poolBytes, reserve);
    if (reserve === "segments") request.tuning.prefaultBytes = 512 * mb; // reserves segments at once
    return request;
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

function threadsOf(pid: number): number {
    return readdirSync(`/proc/${pid}/task`).length;
}

/** Threads that stay in the program. */
function residentsOf(pid: number): number {
    return readdirSync(`/proc/${pid}/task`).filter((thread) => nameOf(pid, thread) === "poolnv").length;
}

/** Empty if the thread has ended. */
function nameOf(pid: number, thread: string): string {
    try {
        return readFileSync(`/proc/${pid}/task/${thread}/comm`, "utf8").trim();
    } catch {
        return "";
    }
}
