import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { attach } from "../../../host/client/open.js";
import { poolUnderLoad, strategyOfRound } from "../strategy-of-round.js";
import { onPrograms } from "../trial.js";
import { eachVictim } from "../victims.js";

/** How long a program works before the pool is installed, and after it, at most, in milliseconds. */
const aloneAtMost = 50;
const togetherAtMost = 200;

/**
 * The pool is installed in a program whose only thread allocates without pause. The injection uses that very thread, and a
 * malloc of one thread takes no lock: using it in the middle of malloc crashes the program.
 */
export const loneThread = onPrograms({
    name: "lone-thread",
    what: "attaches to a lone busy thread",
    programs: ["linux-x64", "linux-i386"],
    source: fileURLToPath(new URL("../../../../test/fixtures/targets/lone_thread.c", import.meta.url)),
    count: { short: 4, full: 500 },
    async run(task, tally) {
        await eachVictim(task, tally, async (victim, round) => {
            await pause(task.random.between(0, aloneAtMost));
            const session = await attach(victim.processName, poolUnderLoad(strategyOfRound(round)));
            await pause(task.random.between(0, togetherAtMost));
            await session.close();
            tally.contents((await victim.numbers("calls"))["corruptions"], `round ${round}`);
            const { pool_allocs: served = 0 } = await victim.numbers("counters");
            tally.expect(served > 0, `round ${round}: the pool served nothing`);
        });
    },
});
