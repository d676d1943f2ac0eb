import { tidyingMs } from "../fixtures/support/tidying.js";
import type { Victim } from "../fixtures/support/victim.js";

/** How long a visitor may take to be gone, in milliseconds. */
const limitMs = 60_000;

/**
 * Waits until the counters of a program's pool have stood still for as long as Frida may go on tidying up: what leaves
 * with it frees its own blocks, later where the machine is busy.
 */
export async function atRest(victim: Victim): Promise<void> {
    const end = Date.now() + limitMs;
    let before = await victim.order("counters");
    for (;;) {
        await victim.order(`sleep ${tidyingMs}`);
        const now = await victim.order("counters");
        if (now === before) return;
        if (Date.now() > end) throw new Error(`the counters of a program that does nothing still change: ${now}`);
        before = now;
    }
}
