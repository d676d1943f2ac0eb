import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { describeTarget } from "../../fixtures/support/describe-target.js";
import { strategies } from "../../fixtures/support/strategies.js";
import { targetNames } from "../../fixtures/support/targets.js";
import { VictimPerTest } from "../../fixtures/support/victim-per-test.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { expectedCounters, expectedOfAbuse, growth } from "./expected-counters.js";

const megabyte = 1_048_576;

/** The tuning options, on every kind of target. */
for (const name of targetNames) {
    describeTarget(name, `tuning in a ${name} program`, (target) => {
        const victims = new VictimPerTest(target);

        for (const strategy of strategies) {
            for (const prefaultMb of [16, 100]) {
                it(
                    `${name}, ${strategy}: prefault commits ${prefaultMb} MB before the program goes on`,
                    victims.withPool({ strategy, tuning: { prefaultMb } }, async (victim) => {
                        const { committed } = await victim.numbers("counters");
                        assert.ok(committed! >= prefaultMb * megabyte, `${committed} bytes`);
                        assert.equal((await victim.numbers("work 1 20000 4"))["corruptions"], 0);
                    }),
                );
            }
        }

        it(
            `${name}: a pool with a quarantine counts the program's calls exactly`,
            victims.withPool({ tuning: { quarantineMb: 32 } }, async (victim) => {
                const before = await victim.numbers("counters");
                const made = await victim.numbers("work 7 200000 4");
                const grown = growth(before, await victim.numbers("counters"));
                assert.equal(made["corruptions"], 0);
                for (const [counter, value] of Object.entries(expectedCounters("recycle", made))) {
                    assert.equal(grown[counter], value, counter);
                }
            }),
        );

        it(
            `${name}: a pool with a quarantine counts heap abuse and survives it`,
            victims.withPool({ tuning: { quarantineMb: 32 } }, async (victim) => {
                await victim.order("abuse 1 1"); // every thread once, here too
                const before = await victim.numbers("counters");
                const done = await victim.numbers("abuse 3 400");
                const grown = growth(before, await victim.numbers("counters"));
                for (const [counter, value] of Object.entries(expectedOfAbuse("recycle", done))) {
                    assert.equal(grown[counter], value, counter);
                }
                assert.equal(done["corruptions"], 0);
                assert.equal(done["wrongs"], 0, `line ${done["wrong_line"]}`);
                assert.equal((await victim.numbers("work 2 20000 4"))["corruptions"], 0);
            }),
        );

        it(
            `${name}: the quarantine holds back 32 MB from reuse, and no more`,
            victims.withPool({ tuning: { quarantineMb: 32 } }, async (victim) => {
                const committed = [];
                for (let time = 0; time < 4; time++) {
                    await victim.order("hold 100000 200");
                    committed.push((await victim.numbers("counters"))["committed"]!);
                    assert.equal(await victim.order("drop"), "dropped=200 corruptions=0");
                }
                const [once, twice, , fourTimes] = committed as [number, number, number, number];
                assert.ok(twice >= once + 19_000_000, `${committed.join(", ")} bytes`);
                assert.ok(fourTimes < 4 * 20_000_000, `${committed.join(", ")} bytes`);
            }),
        );

        it(
            `${name}: a full size group borrows from the others`,
            victims.withPool(
                { poolSizeMb: 256, tuning: { groupsMb: { small: 16, medium: 16, large: 16 } } },
                async (victim) => {
                    // Blocks of the small, the medium, the large and the huge group: more than its own part holds.
                    for (const [bytes, count] of [
                        [200, 100_000],
                        [2000, 12_000],
                        [20_000, 1200],
                        [100_000, 2100],
                    ] as const) {
                        await victim.order(`hold ${bytes} ${count}`);
                        const { current_used: used } = await victim.numbers("counters");
                        const ownPart = bytes > 32_768 ? 208 : 16;
                        assert.ok(used! > ownPart * megabyte, `${used} bytes in blocks of ${bytes}`);
                        assert.equal((await victim.numbers(`work ${bytes} 20000 4`))["corruptions"], 0);
                        assert.equal(await victim.order("drop"), `dropped=${count} corruptions=0`);
                        assert.equal((await victim.numbers("counters"))["fallback_allocs"], 0, `blocks of ${bytes}`);
                    }
                },
            ),
        );

        it(
            `${name}: an idle pool returns free memory by itself`,
            victims.withPool({ tuning: { trimIdleSeconds: 2 } }, async (victim, client) => {
                const log = join(target().folder, `poolnv-${client.facts.pid}.log`);
                await victim.order("hold 100000 200");
                const { committed: held } = await victim.numbers("counters");
                await victim.order("drop");
                await waitUntil("free memory is returned", () => mostReturned(log) >= 18, 10_000);
                const { committed: left } = await victim.numbers("counters");
                assert.ok(held! - left! >= 19_000_000, `${held} bytes before, ${left} after`);
                assert.equal((await victim.numbers("work 6 50000 4"))["corruptions"], 0);
            }),
        );

        for (const quarantineMb of [0, 32]) {
            it(
                `${name}: no block is lost when threads start and end, with a quarantine of ${quarantineMb} MB`,
                victims.withPool({ tuning: { quarantineMb } }, async (victim) => {
                    // 160 at a time are more than there are caches; of those 200 each has its turn.
                    for (const [order, count] of [
                        ["relay", 200],
                        ["crowd", 160],
                    ] as const) {
                        await victim.numbers(`${order} 1 0 ${count}`); // the runtime keeps what it needs for so many
                        const start = await victim.numbers("counters");
                        await victim.numbers(`${order} 1 0 ${count}`);
                        const idle = await victim.numbers("counters");
                        const made = await victim.numbers(`${order} 3 100000 ${count}`);
                        const end = await victim.numbers("counters");
                        assert.equal(made["corruptions"], 0, order);
                        const [runtime, grown] = [growth(start, idle), growth(idle, end)];
                        for (const [counter, value] of Object.entries(expectedCounters("recycle", made))) {
                            assert.equal(grown[counter]! - runtime[counter]!, value, `${counter} in ${order}`);
                        }
                        assert.equal(end["current_used"], start["current_used"], order);
                    }
                }),
            );
        }

        it(`${name}: every program with a tuned pool ends with exit code 0`, () => victims.endedWell());
    });
}

/** The largest number of megabytes that the log says were returned at a time. */
function mostReturned(log: string): number {
    const given = readFileSync(log, "utf8").matchAll(/ ([\d.]+) MB returned/g);
    return Math.max(0, ...[...given].map(([, megabytes]) => Number(megabytes)));
}
