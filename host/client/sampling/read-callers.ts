import type { SampledCaller, SamplerPage } from "../../../shared/protocol/sampling.js";
import type { PoolRequester } from "../ask.js";

/** The sampler's table at one moment. */
export interface CallersReading extends Omit<SamplerPage, "next" | "rows"> {
    /** Each call chain once, by its addresses. */
    callers: Map<string, SampledCaller>;
}

type Requester = Pick<PoolRequester, "ask">;

/**
 * Starts to sample one call in so many, or joins the sampling that is under way.
 *
 * @returns the table at this moment if sampling was under way; null if it was started
 */
export async function joinSampling(client: Requester, sampleInterval: number): Promise<CallersReading | null> {
    const found = await readCallers(client);
    if (found.sampleInterval !== 0) return found;
    await client.ask("startSampler", sampleInterval);
    return null;
}

/** More than a table has. */
const pageLimit = 100;

/** Reads the whole table. */
export async function readCallers(client: Requester): Promise<CallersReading> {
    const callers = new Map<string, SampledCaller>();
    let page = await client.ask("readSampler", 0);
    addRows(callers, page);
    for (let pages = 1; page.next !== null && pages < pageLimit; pages++) {
        page = await client.ask("readSampler", page.next);
        addRows(callers, page);
    }
    const { sampleInterval, epoch, samples, dropped } = page;
    return { sampleInterval, epoch, samples, dropped, callers };
}

/** The samples between two readings of the same epoch; from its start if `before` is null. */
export function sampledSince(before: CallersReading | null, after: CallersReading) {
    const callers = [...after.callers].map(([key, { chain, samples, bytes }]): SampledCaller => {
        const earlier = before?.callers.get(key);
        return { chain, samples: samples - (earlier?.samples ?? 0), bytes: bytes - (earlier?.bytes ?? 0) };
    });
    return {
        samples: after.samples - (before?.samples ?? 0),
        dropped: after.dropped - (before?.dropped ?? 0),
        callers: callers.filter(({ samples }) => samples > 0),
    };
}

function addRows(callers: Map<string, SampledCaller>, { rows }: SamplerPage): void {
    for (const { chain, samples, bytes } of rows) {
        const key = chain.join(" ");
        const known = callers.get(key) ?? { chain, samples: 0, bytes: 0 };
        callers.set(key, { chain, samples: known.samples + samples, bytes: known.bytes + bytes });
    }
}
