import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seedOf } from "./seed.js";
import { Tally } from "./tally.js";
import { trials } from "./trials/index.js";

/** The short form of every trial; `npm run test:stress` has the long one. */
for (const trial of trials) {
    describe(trial.what, () => {
        for (const place of trial.places) {
            const { short } = trial.count(place);
            if (short === 0) continue;
            it(`${trial.name} on ${place}, ${short.toLocaleString("en")} times`, async (context) => {
                const hindrance = trial.whyNot(place);
                if (hindrance !== null) return context.skip(hindrance);
                const tally = new Tally();
                const seed = seedOf(trial.name, place);
                await trial.run(
                    { place, count: short, seed, again: "npm test -- safety", stopping: () => false },
                    tally,
                );
                for (const remark of tally.remarks) context.diagnostic(remark);
                assert.deepEqual(tally.faults, [], `seed ${seed}`);
                assert.equal(tally.count, short);
            });
        }
    });
}
