import { tidyingMs } from "../fixtures/support/tidying.js";
import type { Victim } from "../fixtures/support/victim.js";

/** Longest time until Frida has cleaned up, in milliseconds. */
const limitMs = 60_000;

/**
 * Waits until the counters of a program's pool have not changed for as long as Frida's clean-up may take: its threads
 * free their own blocks when they end, on a busy machine later.
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
