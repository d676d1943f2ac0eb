import { attach } from "../../../host/client/open.js";
import type { PoolClient } from "../../../host/client/pool-client.js";
import type { Strategy } from "../../../shared/protocol/install.js";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { strategies } from "../../fixtures/support/strategies.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { poolUnderLoad } from "../strategy-of-round.js";
import type { Tally } from "../tally.js";
import { onPrograms, type ProgramTask } from "../trial.js";
import { withVictim } from "../victims.js";

/** Calls of each thread after which a switch is surely in effect for it, and calls that are counted after that. */
const [passing, watched] = [3, 500];

/** Blocks that are held over a switch, besides those of the load. */
const heldOver = "hold 300 200";

/** The pool is switched off and on while eight threads use the blocks they have. */
export const offAndOn = onPrograms({
    name: "off-and-on",
    what: "pool off and on under 8 busy threads",
    count: { short: 10, full: 1000 },
    async run(task, tally) {
        const withBump = Math.floor(task.count / 5);
        for (const strategy of strategies) {
            const count = strategy === "bump" ? withBump : task.count - withBump;
            await withVictim(task, tally, strategy, (victim) => switchOften(victim, strategy, count, task, tally));
        }
    },
});

async function switchOften(
    victim: Victim,
    strategy: Strategy,
    count: number,
    task: ProgramTask,
    tally: Tally,
): Promise<void> {
    await victim.numbers("work 1 1000 8"); // every thread once: runtimes keep a block for each
    const session = await attach(victim.processName, poolUnderLoad(strategy));
    if (strategy === "recycle") await byCommandLine(victim, tally);
    const start = await victim.numbers("counters");
    await victim.order("load");
    for (let round = 0; round < count && !task.stopping(); round++) {
        await offAndOnAgain(victim, session, `${strategy}, round ${round}`, tally);
        tally.done();
    }
    const made = await victim.numbers("rest");
    tally.contents(made["corruptions"], `${strategy}, all calls`);
    const end = await victim.numbers("counters");
    tally.expect(end["double_frees"] === 0, `${strategy}: ${end["double_frees"]} double frees`);
    tally.expect(end["corrupt_headers"] === 0, `${strategy}: ${end["corrupt_headers"]} corrupt headers`);
    if (strategy === "recycle") {
        const retained = end["current_used"]! - start["current_used"]!;
        tally.expect(retained === 0, `${strategy}: ${retained} bytes more in use when all is freed`);
        tally.expect(end["pool_frees_ignored"] === 0, `${strategy}: ${end["pool_frees_ignored"]} ignored frees`);
    }
    const frees = end["total_frees"]! - start["total_frees"]!;
    tally.expect(frees >= made["frees"]!, `${strategy}: ${frees} frees counted of ${made["frees"]}`);
    await session.close();
    const calls = made["mallocs"]! + made["callocs"]! + made["reallocs"]! + made["frees"]!;
    tally.remarks.push(`${strategy}: ${count} times amid ${calls.toLocaleString("en")} calls`);
}

/** Both ways once, with blocks held over each; when off, nothing new comes from the pool. */
async function offAndOnAgain(victim: Victim, session: PoolClient, when: string, tally: Tally): Promise<void> {
    await victim.order(heldOver);
    tally.expect((await session.setMemoryPoolActive(false)) === false, `${when}: it did not go off`);
    await victim.order(`pass ${passing}`);
    const off = await victim.numbers("counters");
    tally.expect(off["active"] === 0, `${when}: off, and the program says on`);
    await victim.order(`pass ${watched}`);
    const still = await victim.numbers("counters");
    const [fresh, fallen] = [
        still["pool_allocs"]! - off["pool_allocs"]!,
        still["fallback_allocs"]! - off["fallback_allocs"]!,
    ];
    tally.expect(fresh === 0, `${when}: ${fresh} blocks from a pool that is off`);
    tally.expect(fallen === 0, `${when}: ${fallen} fallbacks of a pool that is off`);
    await dropAll(victim, when, tally);

    await victim.order(heldOver);
    tally.expect((await session.setMemoryPoolActive(true)) === true, `${when}: it did not go on`);
    await victim.order(`pass ${watched}`);
    const on = await victim.numbers("counters");
    tally.expect(on["active"] === 1, `${when}: on, and the program says off`);
    const asked = on["pool_allocs"]! + on["fallback_allocs"]! - still["pool_allocs"]! - still["fallback_allocs"]!;
    tally.expect(asked > 0, `${when}: nothing comes from a pool that is on`);
    await dropAll(victim, when, tally);
}

async function dropAll(victim: Victim, when: string, tally: Tally): Promise<void> {
    tally.contents((await victim.numbers("drop"))["corruptions"], `${when}, blocks held`);
}

/** The console prints the state that was set there. */
async function byCommandLine(victim: Victim, tally: Tally): Promise<void> {
    const typed = ["0", "1"].flatMap((state) => [`SetMemoryPoolActive ${state}`, "IsMemoryPoolActive"]);
    const { stdout, stderr } = await poolnv(["attach", String(victim.pid)], { input: typed.join("\n") + "\n" });
    const printed = stdout.split("\n").filter((line) => /^\w+MemoryPoolActive >>/.test(line));
    const right = ["0", "1"].flatMap((state) => [`SetMemoryPoolActive >> ${state}`, `IsMemoryPoolActive >> ${state}`]);
    tally.expect(printed.join() === right.join(), `the console printed: ${printed.join(", ")} ${stderr}`);
}
