import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { connect } from "../../../host/client/open.js";
import type { PoolClient } from "../../../host/client/pool-client.js";
import { attach } from "../../../host/index.js";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { makeTarget, type Target, targetNames, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { ConsoleProcess } from "../cli/console-process.js";
import { withVictim } from "../cli/victims.js";

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

/** `poolnv top` on real programs: known callers with known shares are found. */
for (const name of targetNames) {
    describe(`sampling in a ${name} program`, { skip: whyNot(name) ?? false }, () => {
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

        it(`${name}: poolnv top finds functions with their shares, and stops the sampler`, async () => {
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
            await withClient(victim, async (client) =>
                assert.equal((await client.ask("readSampler", 0)).sampleInterval, 0, "the sampler is off"),
            );
        });

        it(`${name}: samples have the call chain, on Windows with the outer callers`, () =>
            withClient(victim, async (client) => {
                await client.ask("startSampler", 1);
                await victim.order("ask 1000 0");
                const { rows } = await client.ask("readSampler", 0);
                await client.ask("startSampler", 0);
                const [most] = rows.sort((one, other) => other.samples - one.samples);
                assert.ok(most !== undefined && most.samples >= 1000);
                const places = await (await client.symbols()).symbolsOf(most.chain);
                assert.deepEqual(
                    places.slice(0, 2).map((place) => place.function),
                    name.startsWith("win32") ? ["ask_often", "ask_for_both"] : ["ask_often"],
                );
            }));

        it(`${name}: starting and stopping the sampler 30 times does not corrupt eight busy threads`, () =>
            withClient(victim, async (client) => {
                await victim.order("load");
                for (let round = 0; round < 30; round++) {
                    await client.ask("startSampler", round % 3 === 0 ? 1 : 50);
                    await victim.order("pass 200");
                    await client.ask("readSampler", 0);
                    await client.ask("startSampler", 0);
                }
                const { corruptions } = await victim.numbers("rest");
                assert.equal(corruptions, 0);
                assert.equal(await victim.quit(), 0);
            }));
    });
}

describe("poolnv top", { skip: whyNot("linux-x64") ?? false }, () => {
    const withPool = (work: (victim: Victim, target: Target) => Promise<void>) => () =>
        withVictim("linux-x64", async (victim, target) => {
            const { code, stderr } = await poolnv(["attach", String(victim.pid), "--detach"], target);
            assert.equal(code, 0, stderr);
            await work(victim, target);
        });

    it(
        "poolnv top --by module prints a table of modules",
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
        "poolnv top prints its samples after Ctrl-C and after the program's end",
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
        "a second poolnv top joins the sampling and reports its interval",
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
        "the sampler stops by itself after poolnv top was killed",
        withPool(async (victim, target) => {
            const top = new ConsoleProcess(["top", String(victim.pid), "--seconds", "600"], target.env);
            await begun(top);
            await victim.order("ask 90 10");
            top.close();
            await top.ended;
            await withClient(victim, async (client) => {
                const line = "sampling stopped: no reader for 30 s";
                const log = client.facts.logFile!;
                await waitUntil("the sampler stops", () => readFileSync(log, "utf8").includes(line), 60_000);
                assert.equal((await client.ask("readSampler", 0)).sampleInterval, 0);
            });
            assert.equal(await victim.quit(), 0);
        }),
    );

    it("topCallers returns the same groups to a script", () =>
        withVictim("linux-x64", async (victim) => {
            const pool = await attach(victim.pid, { poolSizeMb: 64 });
            const sampling = pool.topCallers({ sampleInterval: 1, seconds: 1 });
            const sampled = sampling.then(() => true);
            while (!(await Promise.race([sampled, victim.order("ask 900 100").then(() => false)])));
            const { callers, end } = await sampling;
            assert.equal(end, "enough");
            assert.ok(callers.some((caller) => caller.function === "ask_often"));
            await pool.close();
            assert.equal(await victim.quit(), 0);
        }));

    it("poolnv top refuses options out of range", async () => {
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

async function withClient(victim: Victim, work: (client: PoolClient) => Promise<void>): Promise<void> {
    const client = await connect(victim.pid, {});
    try {
        await work(client);
    } finally {
        await client.close();
    }
}

async function begun(top: ConsoleProcess): Promise<void> {
    await waitUntil("the sampling", () => top.stderr.includes("sampling"));
    await new Promise((resolve) => setTimeout(resolve, 300)); // the line is printed before the request is sent
}

/** Has the program make nine small requests and a large one, again and again until the sampling is over. */
async function asks(victim: Victim, top: ConsoleProcess): Promise<void> {
    await begun(top);
    let isOver = false;
    void top.ended.then(() => (isOver = true));
    while (!isOver) await victim.order("ask 90000 10000");
}

function assertNear(value: number, expected: number, tolerance: number): void {
    assert.ok(Math.abs(value - expected) <= tolerance, `${value} instead of ${expected} ± ${tolerance}`);
}
