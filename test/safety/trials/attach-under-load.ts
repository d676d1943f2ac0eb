import { attach } from "../../../host/client/open.js";
import { spreadText } from "../spread.js";
import { poolUnderLoad, strategyOfRound } from "../strategy-of-round.js";
import { onPrograms } from "../trial.js";
import { eachVictim } from "../victims.js";

/** How long stalls are measured without poolnv, for comparison, in milliseconds. */
const alone = 100;

/** The pool is installed while eight threads allocate without pause; threads and blocks stay intact. */
export const attachUnderLoad = onPrograms({
    name: "attach-under-load",
    what: "attaches to 8 busy threads",
    programs: ["linux-x64", "linux-i386", "win32-msvcrt", "win32-ucrt"],
    count: (program) => (program === "win32-ucrt" ? { short: 1, full: 50 } : { short: 2, full: 500 }),
    async run(task, tally) {
        const ownMs: number[] = [];
        const aloneMs: number[] = [];
        const attachMs: number[] = [];
        await eachVictim(task, tally, async (victim, round) => {
            await victim.order("load");
            await victim.order(`sleep ${alone}`);
            aloneMs.push((await victim.numbers("stall"))["longest_us"]! / 1000);
            const session = await attach(victim.processName, poolUnderLoad(strategyOfRound(round)));
            await victim.order(`sleep ${alone}`); // on a busy machine its threads may not have run since
            const { longest_us, patch_us } = await victim.numbers("stall");
            tally.stallsMs.push(patch_us! / 1000);
            attachMs.push(longest_us! / 1000);
            ownMs.push(session.install.stalledMs!);
            tally.expect(patch_us! > 0, `round ${round}: the program saw no patch`);
            await session.close();
            const made = await victim.numbers("rest");
            tally.contents(made["corruptions"], `round ${round}`);
            const { pool_allocs: served = 0 } = await victim.numbers("counters");
            tally.expect(served > 0, `round ${round}: the pool served nothing`);
        });
        tally.remarks.push(
            `how long poolnv suspended the threads, by its own measure: ${spreadText(ownMs)}`,
            `longest stall for any reason: ${spreadText(attachMs)} during the attach, ${spreadText(aloneMs)} in 0.1 s before it`,
        );
    },
});
