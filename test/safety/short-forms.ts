import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { casesOfTier } from "../fixtures/support/tier.js";
import { Tally } from "./tally.js";
import { seedOf } from "./trial.js";
import { hostKilled } from "./trials/host-ends.js";
import { trials } from "./trials/index.js";

/** Tests the short form of every trial in the wanted places; `npm run test:stress` runs the long one. */
export function testShortForms(isWanted: (place: string) => boolean): void {
    for (const trial of trials) {
        const wanted = trial.places.filter((place) => isWanted(place) && trial.count(place).short > 0);
        const places = casesOfTier(wanted, trial === hostKilled ? ["linux-x64"] : []);
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
