import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { attach, connect } from "../../host/session/open.js";
import type { PoolOptions } from "../../host/session/pool-session.js";
import { makeTarget, targetNames, whyNot, type Target } from "../support/targets.js";
import { Victim } from "../support/victim.js";

/** The main job, on every kind of target, with what happened read from the target's own memory. */
for (const name of targetNames) {
    describe(`installing under a ${name} program`, { skip: whyNot(name) ?? false }, () => {
        let target: Target;
        let victim: Victim;
        const options: PoolOptions = {};

        before(async () => {
            target = await makeTarget(name);
            Object.assign(process.env, target.env);
        });
        after(() => target.remove());

        const withVictim = (work: () => Promise<void>) => async () => {
            victim = await Victim.start(target);
            await victim.order("work 1 100 8"); // every thread once: runtimes keep a block for each
            try {
                await work();
                assert.equal(await victim.quit(), 0, "the program ends well with its pool");
            } finally {
                victim.kill();
            }
        };

        it(
            "serves the program from the pool and counts exactly what it does",
            withVictim(async () => {
                assert.equal(await victim.order("counters"), "none");
                const session = await attach(target.processName, options);
                assert.equal(session.install.alreadyInstalled, false);
                assert.equal(session.engine.kind, target.engine);
                assert.equal(session.facts.poolBytes, 1536 * 1048576);
                const [ownBefore, hostBefore] = [await victim.numbers("counters"), await session.statistics()];
                const made = await victim.numbers("work 7 200000 4");
                const [ownAfter, hostAfter] = [await victim.numbers("counters"), await session.statistics()];
                assert.equal(made["corruptions"], 0);
                const expected = {
                    pool_allocs: made["mallocs"]! + made["callocs"]! + made["moved"]!,
                    total_frees: made["frees"]!,
                    reallocs: made["reallocs"]!,
                    fallback_allocs: 0,
                    pool_frees_ignored: 0,
                    foreign_frees: 0,
                    corrupt_headers: 0,
                    double_frees: 0,
                    current_used: 0,
                };
                for (const [counter, value] of Object.entries(expected)) {
                    assert.equal(ownAfter[counter]! - ownBefore[counter]!, value, `${counter} in the target's memory`);
                    const key = counter as keyof typeof expected;
                    assert.equal(hostAfter[key] - hostBefore[key], value, `${counter} as the host tells it`);
                }
                await session.close();
            }),
        );

        it(
            "is left and found again any number of times, and installs once",
            withVictim(async () => {
                for (let visit = 0; visit < 4; visit++) {
                    const session = await attach(victim.pid, options);
                    assert.equal(session.install.alreadyInstalled, visit > 0);
                    assert.equal((await session.statistics()).active, 1);
                    await session.close();
                    assert.equal((await victim.numbers(`work ${visit} 20000 2`))["corruptions"], 0);
                }
            }),
        );

        it(
            "goes off and on under live blocks",
            withVictim(async () => {
                const session = await attach(target.processName, options);
                await victim.order("hold 300 1000");
                assert.equal(await session.setActive(false), false);
                const off = await victim.numbers("counters");
                assert.equal((await victim.numbers("work 3 50000 4"))["corruptions"], 0);
                assert.equal((await victim.numbers("counters"))["pool_allocs"], off["pool_allocs"]);
                assert.equal(await victim.order("drop"), "dropped=1000 corruptions=0");
                assert.equal((await victim.numbers("counters"))["total_frees"]! > off["total_frees"]!, true);
                assert.equal(await session.setActive(true), true);
                assert.equal((await victim.numbers("work 4 50000 4"))["corruptions"], 0);
                assert.ok((await victim.numbers("counters"))["pool_allocs"]! > off["pool_allocs"]!);
                await session.close();
            }),
        );

        it(
            "counts abuse and survives it",
            withVictim(async () => {
                const session = await attach(target.processName, options);
                const before = await victim.numbers("counters");
                assert.equal(await victim.order("abuse"), "double=1 corrupt=3");
                const after = await victim.numbers("counters");
                assert.equal(after["double_frees"]! - before["double_frees"]!, 1);
                assert.equal(after["corrupt_headers"]! - before["corrupt_headers"]!, 3);
                assert.equal(after["pool_frees_ignored"]! - before["pool_frees_ignored"]!, 4);
                assert.equal(after["current_used"], before["current_used"]);
                await session.close();
            }),
        );

        it(
            "falls back to the original when a small pool is full, counts it, and recovers",
            withVictim(async () => {
                const session = await attach(target.processName, { ...options, poolSizeMb: 16 });
                assert.equal(session.facts.poolBytes, 16 * 1048576);
                await victim.order("hold 30000 2000");
                const full = await victim.numbers("counters");
                assert.ok(full["fallback_allocs"]! > 1000, `${full["fallback_allocs"]} fallbacks`);
                assert.ok(full["current_used"]! <= 16 * 1048576);
                assert.equal(await victim.order("drop"), "dropped=2000 corruptions=0");
                const empty = await victim.numbers("counters");
                assert.equal((await victim.numbers("work 5 50000 4"))["corruptions"], 0);
                const later = await victim.numbers("counters");
                assert.equal(later["fallback_allocs"], empty["fallback_allocs"]);
                await session.close();
            }),
        );

        it(
            "gives wholly free memory back",
            withVictim(async () => {
                const session = await attach(target.processName, options);
                await victim.order("hold 100000 200");
                await victim.order("drop");
                const before = await victim.numbers("counters");
                const given = await session.reset();
                const after = await victim.numbers("counters");
                assert.ok(given >= 19_000_000, `${given} bytes`);
                assert.equal(before["committed"]! - after["committed"]!, given);
                assert.equal((await victim.numbers("work 6 50000 4"))["corruptions"], 0);
                await session.close();
            }),
        );

        it(
            "runs the classic bump strategy: reuses nothing, ignores every free",
            withVictim(async () => {
                const session = await attach(target.processName, { ...options, strategy: "bump" });
                const before = await victim.numbers("counters");
                const made = await victim.numbers("work 8 20000 2");
                const after = await victim.numbers("counters");
                assert.equal(made["corruptions"], 0);
                assert.equal(after["pool_frees_ignored"]! - before["pool_frees_ignored"]!, made["frees"]);
                assert.equal(after["current_used"], after["peak_used"]);
                const served = made["mallocs"]! + made["callocs"]! + made["reallocs"]!;
                assert.equal(after["pool_allocs"]! - before["pool_allocs"]!, served);
                await session.close();
            }),
        );

        it(
            "writes its log beside the program",
            withVictim(async () => {
                const session = await attach(target.processName, options);
                await session.log(["a line for people"]);
                const [file] = readdirSync(target.folder).filter((entry) => entry === logName(session.facts.pid));
                assert.ok(file !== undefined, "there is a log");
                assert.equal(session.facts.logFile, target.ownPath(join(target.folder, file)));
                const text = readFileSync(join(target.folder, file), "utf8");
                for (const words of ["prepared: pool of 1536 MB", "armed: ", "a line for people"])
                    assert.ok(text.includes(words), `the log has "${words}"`);
                assert.match(text.split("\n")[0]!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /);
                await session.close();
            }),
        );

        it(
            "opens a console only where there is a pool",
            withVictim(async () => {
                await assert.rejects(connect(target.processName, options), { code: "NO_POOL" });
                assert.equal(await victim.order("counters"), "none");
            }),
        );
    });
}

function logName(pid: number): string {
    return `poolnv-${pid}.log`;
}
