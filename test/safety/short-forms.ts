import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isOnBinding } from "../fixtures/support/binding.js";
import { casesOfTier } from "../fixtures/support/tier.js";
import { Tally } from "./tally.js";
import { seedOf, type Trial } from "./trial.js";
import { attachUnderLoad } from "./trials/attach-under-load.js";
import {
    hostHungUp,
    hostKilled,
    hostPaused,
    interruptedTwice,
    programPaused,
    terminalClosed,
} from "./trials/host-ends.js";
import { trials } from "./trials/index.js";
import { workerKilled } from "./trials/worker-killed.js";

/**
 * The trials in which the engine has a part. Not the lone busy thread: the binding's worker can't move it to a safe place
 * for an injection (docs/robustness.md).
 */
const trialsOfEngine: readonly Trial[] = [
    attachUnderLoad,
    hostKilled,
    hostHungUp,
    terminalClosed,
    interruptedTwice,
    hostPaused,
    programPaused,
    workerKilled,
];

/** Tests the short form of every trial in the wanted places; `npm run test:stress` runs the long one. */
export function testShortForms(isWanted: (place: string) => boolean): void {
    for (const trial of isOnBinding ? trialsOfEngine : trials) {
        const wanted = trial.places.filter((place) => isWanted(place) && trial.count(place).short > 0);
        const places = isOnBinding ? wanted : casesOfTier(wanted, trial === hostKilled ? ["linux-x64"] : []);
        if (places.length === 0) continue;
        describe(trial.what, () => {
            for (const place of places) {
                const { short } = trial.count(place);
                it(`${trial.name} on ${place}, ${short.toLocaleString("en")} times`, async (context) => {
                    const skipReason = trial.whyNot(place);
                    if (skipReason !== null) return context.skip(skipReason);
                    const tally = new Tally();
                    const seed = seedOf(trial.name, place);
                    const task = { place, count: short, seed, again: "npm test -- safety", stopping: () => false };
                    await trial.run(task, tally);
                    for (const remark of tally.remarks) context.diagnostic(remark);
                    assert.deepEqual(tally.faults, [], `seed ${seed}`);
                    assert.equal(tally.count, short);
                });
            }
        });
    }
}
