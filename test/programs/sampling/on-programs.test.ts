import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { attach } from "../../../host/index.js";
import { connect } from "../../../host/client/open.js";
import type { PoolSession } from "../../../host/client/pool-session.js";
import { ConsoleProcess } from "../cli/console-process.js";
import { withVictim } from "../cli/victims.js";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { makeTarget, type Target, targetNames, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";

interface Document {
    one_in: number;
    ended: string;
    samples: number;
    callers: {
        module: string;
        function: string | null;
        samples: number;
        calls: number;
        call_share: number;
        call_share_error: number;
        bytes_asked: number;
    }[];
}

/** `poolnv top` on real programs: callers that are known are found, with the shares that are known. */
for (const name of targetNames) {
    describe(`who asks for memory in a ${name} program`, { skip: whyNot(name) ?? false }, () => {
        let target: Target;
        let victim: Victim;
        before(async () => {
            target = await makeTarget(name);
            victim = await Victim.start(target);
            const { code, stderr } = await poolnv(["attach", String(victim.pid), "--detach"], target);
            assert.equal(code, 0, stderr);
        });
        after(async () => {
            victim.kill();
            await victim.exited;
            target.remove();
        });

        it("is found by function, as often as it asks, and nothing stays behind", async () => {
            const args = ["top", String(victim.pid), "--one-in", "20", "--seconds", "2", "--json"];
            const top = new ConsoleProcess(args, target.env);
            await asks(victim, top);
            assert.equal(await top.ended, 0, top.stderr);
            const document = JSON.parse(top.stdout) as Document;
            assert.equal(document.one_in, 20);
            assert.equal(document.ended, "enough");
            assert.ok(document.samples > 1000, `${document.samples} samples`);
            const [first, second] = document.callers;
            // 3000 bytes of one call in ten are more than 48 of the other nine.
            assert.equal(first?.function, "ask_seldom");
            assert.equal(second?.function, "ask_often");
            assert.equal(first.module.toLowerCase(), target.processName.toLowerCase());
            assertNear(first.call_share, 0.1, 3 * first.call_share_error);
            assertNear(second.call_share, 0.9, 3 * second.call_share_error);
            assert.equal(first.calls, first.samples * 20);
            assert.equal(first.bytes_asked, first.calls * 3000);
            await withSession(victim, async (session) =>
                assert.equal((await session.callers(0)).oneIn, 0, "no longer sampled"),
            );
        });

        it("is followed up the stack where that is safe", () =>
            withSession(victim, async (session) => {
                await session.sampleCallers(1);
                await victim.order("ask 1000 0");
                const { rows } = await session.callers(0);
                await session.sampleCallers(0);
                const [most] = rows.sort((one, other) => other.samples - one.samples);
                assert.ok(most !== undefined && most.samples >= 1000);
                const places = await session.locate(most.chain);
                assert.deepEqual(
                    places.slice(0, 2).map((place) => place.function),
                    name.startsWith("win32") ? ["ask_often", "ask_for_both"] : ["ask_often"],
                );
            }));

        it("is not harmed while sampling begins and ends under its eight busy threads", () =>
            withSession(victim, async (session) => {
                await victim.order("load");
                for (let round = 0; round < 30; round++) {
                    await session.sampleCallers(round % 3 === 0 ? 1 : 50);
                    await victim.order("pass 200");
                    await session.callers(0);
                    await session.sampleCallers(0);
                }
                const { corruptions } = await victim.numbers("rest");
                assert.equal(corruptions, 0);
                assert.equal(await victim.quit(), 0);
            }));
    });
}

describe("the command top", { skip: whyNot("linux-x64") ?? false }, () => {
    const withPool = (work: (victim: Victim, target: Target) => Promise<void>) => () =>
        withVictim("linux-x64", async (victim, target) => {
            const { code, stderr } = await poolnv(["attach", String(victim.pid), "--detach"], target);
            assert.equal(code, 0, stderr);
            await work(victim, target);
        });

    it(
        "shows a table, by module too",
        withPool(async (victim, target) => {
            const args = ["top", String(victim.pid), "--one-in", "20", "--seconds", "1", "--by", "module"];
            const top = new ConsoleProcess(args, target.env);
            await asks(victim, top);
            assert.equal(await top.ended, 0, top.stderr);
            assert.match(top.stdout, /samples, one call in 20, in 1\.\d s\.$/m);
            assert.match(top.stdout, /caller .* of all calls .* calls\/s .* MB\/s .* bytes a call/);
            assert.ok(top.stdout.includes(` ${target.processName} `), top.stdout);
            assert.doesNotMatch(top.stdout, /ask_often/);
            assert.match(top.stdout, /not what is still held/);
            assert.equal(await victim.quit(), 0);
        }),
    );

    it(
        "ends early with what it has, at Ctrl-C and when the program ends",
        withPool(async (victim, target) => {
            const args = ["top", String(victim.pid), "--one-in", "1", "--seconds", "600", "--json"];
            const stopped = new ConsoleProcess(args, target.env);
            await begun(stopped);
            await victim.order("ask 90 10");
            stopped.process.kill("SIGINT");
            assert.equal(await stopped.ended, 0, stopped.stderr);
            assert.equal((JSON.parse(stopped.stdout) as Document).ended, "stopped");
            const left = new ConsoleProcess(args, target.env);
            await begun(left);
            await victim.quit();
            assert.equal(await left.ended, 0, left.stderr);
            assert.equal((JSON.parse(left.stdout) as Document).ended, "gone");
        }),
    );

    it(
        "tells a second one that sampling is under way by joining it",
        withPool(async (victim, target) => {
            const first = new ConsoleProcess(
                ["top", String(victim.pid), "--one-in", "7", "--seconds", "600", "--json"],
                target.env,
            );
            await begun(first);
            const second = await poolnv(["top", String(victim.pid), "--seconds", "0.5", "--json"], target);
            assert.equal((JSON.parse(second.stdout) as Document).one_in, 7);
            first.process.kill("SIGINT");
            assert.equal(await first.ended, 0);
            assert.equal(await victim.quit(), 0);
        }),
    );

    it(
        "leaves nothing under way for long when its host dies",
        withPool(async (victim, target) => {
            const top = new ConsoleProcess(["top", String(victim.pid), "--seconds", "600"], target.env);
            await begun(top);
            await victim.order("ask 90 10");
            top.close();
            await top.ended;
            await withSession(victim, async (session) => {
                const line = "nobody reads any more who asks for memory";
                const log = session.facts.logFile!;
                await waitUntil("the pool ends it", () => readFileSync(log, "utf8").includes(line), 60_000);
                assert.equal((await session.callers(0)).oneIn, 0);
            });
            assert.equal(await victim.quit(), 0);
        }),
    );

    it("is a method of the programming interface", () =>
        withVictim("linux-x64", async (victim) => {
            const pool = await attach(victim.pid, { poolSizeMb: 64 });
            const sampling = pool.topCallers({ oneIn: 1, seconds: 1 });
            const sampled = sampling.then(() => true);
            while (!(await Promise.race([sampled, victim.order("ask 900 100").then(() => false)])));
            const { callers, end } = await sampling;
            assert.equal(end, "enough");
            assert.ok(callers.some((caller) => caller.function === "ask_often"));
            await pool.close();
            assert.equal(await victim.quit(), 0);
        }));

    it("refuses what it can't do in words", async () => {
        for (const [args, words] of [
            [["--one-in", "0"], /--one-in is "0", but must be a whole number, 1 to 1000000/],
            [["--seconds", "-1"], /--seconds is "-1", but must be seconds, 0\.1 to 86400/],
            [["--by", "weight"], /by/],
        ] as const) {
            const { code, stderr } = await poolnv(["top", "1", ...args]);
            assert.equal(code, 2);
            assert.match(stderr, words);
        }
    });
});

async function withSession(victim: Victim, work: (session: PoolSession) => Promise<void>): Promise<void> {
    const session = await connect(victim.pid, {});
    try {
        await work(session);
    } finally {
        await session.close();
    }
}

async function begun(top: ConsoleProcess): Promise<void> {
    await waitUntil("the sampling", () => top.stderr.includes("sampling"));
    await new Promise((resolve) => setTimeout(resolve, 300)); // the line comes before the request
}

/** Lets the program ask nine times for little and once for much, until the sampling is over. */
async function asks(victim: Victim, top: ConsoleProcess): Promise<void> {
    await begun(top);
    let isOver = false;
    void top.ended.then(() => (isOver = true));
    while (!isOver) await victim.order("ask 90000 10000");
}

function assertNear(value: number, expected: number, tolerance: number): void {
    assert.ok(Math.abs(value - expected) <= tolerance, `${value} instead of ${expected} ± ${tolerance}`);
}
