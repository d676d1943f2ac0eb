import { attach } from "../../../host/client/open.js";
import type { Strategy } from "../../../shared/protocol/install.js";
import { strategies } from "../../fixtures/support/strategies.js";
import { threadsOf } from "../../fixtures/support/thread-states.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { expectedOfAbuse, growth } from "../../programs/install/expected-counters.js";
import { atRest } from "../at-rest.js";
import type { Tally } from "../tally.js";
import { onPrograms, type ProgramTask } from "../trial.js";
import { withVictim } from "../victims.js";

/** Misuses in a batch, after which the counters are compared. A pool that bumps must not run full meanwhile. */
const batch = { recycle: 20_000, bump: 4_000 };

/** How many batches a victim lives. */
const batchesOfVictim = { recycle: 40, bump: 1 };

/** A program misuses the heap in every way, other threads use it correctly, and the pool counts both. */
export const heapAbuse = onPrograms({
    name: "heap-abuse",
    what: "misuses of the heap beside 4 busy threads",
    programs: ["linux-x64", "linux-i386", "win32-msvcrt", "win32-ucrt"],
    count: (program) =>
        program === "win32-ucrt" ? { short: 4_000, full: 200_000 } : { short: 10_000, full: 1_000_000 },
    async run(task, tally) {
        const withBump = Math.floor(task.count / 20);
        for (const strategy of strategies) {
            let left = strategy === "bump" ? withBump : task.count - withBump;
            for (let victims = 0; left > 0 && !task.stopping(); victims++) {
                const share = Math.min(left, batch[strategy] * batchesOfVictim[strategy]);
                left -= share;
                await withVictim(task, tally, `${strategy}, victim ${victims}`, (victim) =>
                    abuse(victim, strategy, share, task, tally),
                );
            }
        }
    },
});

async function abuse(
    victim: Victim,
    strategy: Strategy,
    count: number,
    task: ProgramTask,
    tally: Tally,
): Promise<void> {
    await victim.numbers("work 1 1000 8"); // every thread once: runtimes keep a block for each
    await victim.order("abuse 1 1"); // the same for the one that does not work
    const session = await attach(victim.processName, { strategy, poolSizeMb: 1024 });
    await session.close();
    await atRest(victim);
    for (let left = count; left > 0 && !task.stopping();) {
        const misuses = Math.min(left, batch[strategy]);
        const order = `abuse ${task.random.between(1, 0x7fffffff)} ${misuses}`;
        const threads = threadsOf(victim.pid).join();
        const before = await victim.numbers("counters");
        const answer = await victim.order(order);
        const grown = growth(before, await victim.numbers("counters"));
        const done = Object.fromEntries(
            answer.split(" ").map((pair) => [pair.split("=")[0]!, Number(pair.split("=")[1])]),
        );
        tally.contents(done["corruptions"], `${strategy}, "${order}" (${answer})`);
        tally.expect(done["wrongs"] === 0, `${strategy}, "${order}": ${answer}`);
        // A thread of Frida's that ends after a while of idleness frees what is its own.
        const isAlone = threadsOf(victim.pid).join() === threads;
        for (const [counter, value] of isAlone ? Object.entries(expectedOfAbuse(strategy, done)) : []) {
            tally.expect(
                grown[counter] === value,
                `${strategy}, "${order}": ${counter} grew by ${grown[counter]} instead of ${value}`,
            );
        }
        left -= misuses;
        tally.done(misuses);
    }
}
