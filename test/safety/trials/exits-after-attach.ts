import { setTimeout as pause } from "node:timers/promises";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { spreadText } from "../spread.js";
import { poolUnderLoad, strategyOfRound } from "../strategy-of-round.js";
import { onPrograms } from "../trial.js";
import { eachVictim } from "../victims.js";

/** How long after the command a program ends, at most, in milliseconds. */
const laterAtMost = 300;

/**
 * The program ends by itself right after `attach --detach`, in every other round while its threads allocate: at once, and
 * with its own exit code.
 */
export const exitsAfterAttach = onPrograms({
    name: "exits-after-attach",
    what: "exits of a program right after attach --detach",
    count: { short: 4, full: 200 },
    async run(task, tally) {
        const endsMs: number[] = [];
        await eachVictim(task, tally, async (victim, round) => {
            const strategy = strategyOfRound(round);
            if (round % 2 === 1) await victim.order("load");
            const size = String(poolUnderLoad(strategy).poolSizeMb);
            const options = ["--detach", "--strategy", strategy, "--pool-size", size];
            const { code, stderr } = await poolnv(["attach", victim.processName, ...options]);
            tally.expect(code === 0, `round ${round}: attach ended with ${code}: ${stderr}`);
            const milliseconds = task.random.between(0, laterAtMost);
            await pause(milliseconds);
            const started = performance.now();
            const wanted = 1 + (round % 100);
            const ended = await victim.quit(0, wanted);
            endsMs.push(performance.now() - started);
            const when = `round ${round}, ${milliseconds} ms after the command`;
            if (ended !== wanted) tally.death(`${when}: ordered to end with ${wanted}, it ended with ${victim.ending}`);
            return "may have died";
        });
        tally.remarks.push(`how long a program takes to end: ${spreadText(endsMs)}`);
    },
});
