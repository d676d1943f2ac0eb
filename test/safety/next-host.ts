import { attach } from "../../host/client/open.js";
import type { Strategy } from "../../shared/protocol/install.js";
import type { Victim } from "../fixtures/support/victim.js";
import { poolUnderLoad } from "./strategy-of-round.js";
import type { Tally } from "./tally.js";

/**
 * Attaches another host after the first one was killed or disturbed: it finds the pool, or installs it if the first had
 * not, and every block is intact.
 *
 * @returns whether there was a pool already
 */
export async function nextHostTakesOver(
    victim: Victim,
    strategy: Strategy,
    tally: Tally,
    when: string,
): Promise<boolean> {
    const session = await attach(victim.processName, poolUnderLoad(strategy));
    try {
        tally.contents((await victim.numbers("rest"))["corruptions"], when);
        const { active, strategy: found } = await session.statistics();
        tally.expect(active === 1 && found === strategy, `${when}: the pool is ${found}, active ${active}`);
        tally.contents((await victim.numbers("work 9 20000 4"))["corruptions"], `${when}, with the next host`);
        return session.install.alreadyInstalled;
    } finally {
        await session.close();
    }
}
