import { setTimeout as pause } from "node:timers/promises";
import type { SeenException } from "../../shared/protocol/pool.js";
import type { PoolRequester } from "./ask.js";

/** How often to ask, in milliseconds: a thread that raises an exception waits half a second for it. */
const askMs = 200;

/**
 * Calls the listener with each exception that the program raises from now on, whether it is handled or not. Ends with the
 * client.
 *
 * @returns once the program records exceptions
 * @throws UserError FOREIGN_VERSION if an older poolnv installed the pool, TARGET_GONE, ...
 */
export async function watchExceptions(
    client: Pick<PoolRequester, "ask" | "symbols" | "ended">,
    listener: (seen: SeenException) => void,
): Promise<void> {
    const { recorded } = await client.ask("exceptions", null);
    const end = new AbortController();
    void client.ended.then(() => end.abort());
    report(client, recorded.length, listener, end.signal).catch(() => {}); // the program has ended, which `ended` reports
}

/** @param known exceptions that were recorded before */
async function report(
    client: Pick<PoolRequester, "ask" | "symbols">,
    known: number,
    listener: (seen: SeenException) => void,
    signal: AbortSignal,
): Promise<void> {
    let reported = known;
    for (;;) {
        await pause(askMs, undefined, { signal });
        const { recorded } = await client.ask("exceptions", null);
        if (recorded.length <= reported) continue;
        const symbols = await client.symbols();
        for (const { type, address } of recorded.slice(reported)) {
            const { module, offset } = (await symbols.moduleOf(address)) ?? { module: null, offset: null };
            listener({ type, address, module, offset });
        }
        reported = recorded.length;
    }
}
