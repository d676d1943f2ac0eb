import assert from "node:assert/strict";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { attach, connect } from "../../../host/client/open.js";
import { readMemoryMap } from "../../../host/process/memory-map.js";
import type { PoolStatistics } from "../../../shared/pool-statistics.js";
import { describeTarget } from "../../fixtures/support/describe-target.js";
import { childrenOf } from "../../fixtures/support/running.js";
import { strategies } from "../../fixtures/support/strategies.js";
import { targetNames } from "../../fixtures/support/targets.js";
import { threadsOf } from "../../fixtures/support/thread-states.js";
import { VictimPerTest } from "../../fixtures/support/victim-per-test.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { expectedCounters, expectedOfAbuse, growth } from "./expected-counters.js";

/** Installation on every kind of target; the counters are read from the target's own memory. */
for (const name of targetNames) {
    describeTarget(name, `installation in a ${name} program`, (target) => {
        const victims = new VictimPerTest(target);

        it(
            `${name}: attaching four times installs one pool`,
            victims.each(async (victim) => {
                for (let round = 0; round < 4; round++) {
                    const client = await attach(round % 2 === 0 ? victim.processName : victim.pid);
                    assert.equal(client.install.alreadyInstalled, round > 0);
                    assert.equal((await client.statistics()).active, 1);
                    await client.close();
                    assert.equal((await victim.numbers(`work ${round} 20000 2`))["corruptions"], 0);
                }
            }),
        );

        it(
            `${name}: once the pool is installed nothing of Frida's is left: no file, no descriptor, and one thread is new`,
            victims.each(async (victim) => {
                const before = { threads: threadsOf(victim.pid), descriptors: descriptorsOf(victim.pid) };
                const lines: string[] = [];
                const client = await attach(victim.processName, { onProgress: (line) => lines.push(line) });
                await client.close();
                assert.deepEqual(
                    (readMemoryMap(victim.pid) ?? []).filter(({ name }) => /frida/i.test(name)),
                    [],
                );
                const threadsLeft = before.threads.length + 1; // a task is there for a moment after its thread was joined
                await waitUntil("one thread is new", () => threadsOf(victim.pid).length === threadsLeft);
                const ofOneThread = target().engine === "wine" ? wineDescriptors : 0;
                assert.equal(descriptorsOf(victim.pid), before.descriptors + ofOneThread);
                assert.doesNotMatch(lines.join("\n"), /warning/);
            }),
        );

        for (const strategy of strategies) {
            it(
                `${name}, ${strategy}: the pool serves the program and counts its calls exactly`,
                victims.each(async (victim) => {
                    assert.equal(await victim.order("counters"), "none");
                    const client = await attach(victim.processName, { strategy });
                    assert.equal(client.install.alreadyInstalled, false);
                    assert.equal(client.engine?.kind, target().engine);
                    assert.equal(client.facts.poolBytes, 1536 * 1048576);
                    const [ownBefore, hostBefore] = [await victim.numbers("counters"), await client.statistics()];
                    const made = await victim.numbers("work 7 200000 4");
                    const [ownAfter, hostAfter] = [await victim.numbers("counters"), await client.statistics()];
                    assert.equal(made["corruptions"], 0);
                    const own = growth(ownBefore, ownAfter);
                    for (const [counter, value] of Object.entries(expectedCounters(strategy, made))) {
                        assert.equal(own[counter], value, `${counter} in the target's memory`);
                        const key = counter as NumericCounter;
                        assert.equal(hostAfter[key] - hostBefore[key], value, `${counter} as the host reads it`);
                    }
                    if (strategy === "bump") assert.equal(ownAfter["current_used"], ownAfter["peak_used"]);
                    await client.close();
                }),
            );

            it(
                `${name}, ${strategy}: the pool is turned off and on while it has live blocks`,
                victims.withPool({ strategy }, async (victim, client) => {
                    await victim.order("hold 300 1000");
                    assert.equal(await client.setMemoryPoolActive(false), false);
                    const off = await victim.numbers("counters");
                    assert.equal((await victim.numbers("work 3 50000 4"))["corruptions"], 0);
                    assert.equal((await victim.numbers("counters"))["pool_allocs"], off["pool_allocs"]);
                    assert.equal(await victim.order("drop"), "dropped=1000 corruptions=0");
                    assert.equal((await victim.numbers("counters"))["total_frees"]! > off["total_frees"]!, true);
                    assert.equal(await client.setMemoryPoolActive(true), true);
                    assert.equal((await victim.numbers("work 4 50000 4"))["corruptions"], 0);
                    assert.ok((await victim.numbers("counters"))["pool_allocs"]! > off["pool_allocs"]!);
                }),
            );

            it(
                `${name}, ${strategy}: the pool counts heap abuse and survives it`,
                victims.withPool({ strategy }, async (victim) => {
                    await victim.order("abuse 1 1"); // every thread once, here too
                    const before = await victim.numbers("counters");
                    const done = await victim.numbers("abuse 2 400");
                    const grown = growth(before, await victim.numbers("counters"));
                    for (const [counter, value] of Object.entries(expectedOfAbuse(strategy, done))) {
                        assert.equal(grown[counter], value, counter);
                    }
                    assert.equal(done["corruptions"], 0);
                    assert.equal(done["wrongs"], 0, `line ${done["wrong_line"]}`);
                    assert.equal((await victim.numbers("work 2 20000 4"))["corruptions"], 0);
                }),
            );

            it(
                `${name}, ${strategy}: a full pool falls back to the original and counts it`,
                victims.withPool({ strategy, poolSizeMb: 16 }, async (victim, client) => {
                    assert.equal(client.facts.poolBytes, 16 * 1048576);
                    await victim.order("hold 30000 2000");
                    const full = await victim.numbers("counters");
                    assert.ok(full["fallback_allocs"]! > 1000, `${full["fallback_allocs"]} fallbacks`);
                    assert.ok(full["current_used"]! <= 16 * 1048576);
                    assert.equal(await victim.order("drop"), "dropped=2000 corruptions=0");
                    const empty = await victim.numbers("counters");
                    assert.equal((await victim.numbers("work 5 50000 4"))["corruptions"], 0);
                    const more = (await victim.numbers("counters"))["fallback_allocs"]! - empty["fallback_allocs"]!;
                    if (strategy === "recycle") assert.equal(more, 0, "it recovers");
                    else assert.ok(more > 0, "it stays full");
                }),
            );

            it(
                `${name}, ${strategy}: the log is written beside the program`,
                victims.withPool({ strategy }, async (_victim, client) => {
                    await client.log(["a line for people"]);
                    const [file] = readdirSync(target().folder).filter((entry) => entry === logName(client.facts.pid));
                    assert.ok(file !== undefined, "there is a log");
                    assert.equal(client.facts.logFile, target().ownPath(join(target().folder, file)));
                    const text = readFileSync(join(target().folder, file), "utf8");
                    const strategyWords = `strategy ${strategy}`;
                    for (const words of ["prepared: pool of 1536 MB", strategyWords, "hooked: ", "a line for people"]) {
                        assert.ok(text.includes(words), `the log has "${words}"`);
                    }
                    assert.match(text.split("\n")[0]!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /);
                }),
            );
        }

        it(
            `${name}: resetMemoryPool returns wholly free memory`,
            victims.withPool({}, async (victim, client) => {
                await victim.order("hold 100000 200");
                await victim.order("drop");
                const before = await victim.numbers("counters");
                const given = await client.resetMemoryPool();
                const after = await victim.numbers("counters");
                assert.ok(given >= 19_000_000, `${given} bytes`);
                assert.equal(before["committed"]! - after["committed"]!, given);
                assert.equal((await victim.numbers("work 6 50000 4"))["corruptions"], 0);
            }),
        );

        it(
            `${name}: connect refuses a program without a pool`,
            victims.each(async (victim) => {
                await assert.rejects(connect(victim.processName), { code: "NO_POOL" });
                assert.equal(await victim.order("counters"), "none");
            }),
        );

        it(
            `${name}: six hosts at a time connect without an engine`,
            victims.withPool({}, async (victim) => {
                await victim.order("hold 300 1000");
                const before = childrenOf(process.pid);
                const hosts = await Promise.all(Array.from({ length: 6 }, () => connect(victim.processName)));
                for (const host of hosts) assert.equal(host.engine, null);
                const own = await victim.numbers("counters");
                for (const { pool_allocs } of await Promise.all(hosts.map((host) => host.statistics()))) {
                    assert.equal(pool_allocs, own["pool_allocs"]);
                }
                const [first, second] = hosts;
                assert.equal(await first!.setMemoryPoolActive(false), false);
                assert.equal((await second!.statistics()).active, 0);
                assert.equal(await second!.setMemoryPoolActive(true), true);
                await second!.log(["ein Wort für Menschen"]);
                assert.match(
                    readFileSync(join(target().folder, logName(first!.facts.pid)), "utf8"),
                    /Z ein Wort für Menschen$/m,
                );
                const started = childrenOf(process.pid).filter((pid) => !before.includes(pid));
                assert.deepEqual(started, [], "no engine was started");
                await Promise.all(hosts.map((host) => host.close()));
                assert.equal((await victim.numbers("drop"))["corruptions"], 0);
            }),
        );

        it(`${name}: every program with a pool ends with exit code 0`, () => victims.endedWell());
    });
}

type NumericCounter = Exclude<keyof PoolStatistics, "strategy" | "layers" | "histogram" | "by_layer" | "address_space">;

function logName(pid: number): string {
    return `poolnv-${pid}.log`;
}

/** Wine opens so many for each thread of a program. */
const wineDescriptors = 4;

/** Without that of the mailbox file, which the resident opens when it is woken, and closes. */
function descriptorsOf(pid: number): number {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).filter((name) => !linkIn(folder, name).includes("/poolnv/mailboxes/")).length;
}

/** Empty if it was closed meanwhile. */
function linkIn(folder: string, name: string): string {
    try {
        return readlinkSync(join(folder, name));
    } catch {
        return "";
    }
}
