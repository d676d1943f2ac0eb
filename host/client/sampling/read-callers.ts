import type { CallersPage, SampledCaller } from "../../../shared/protocol.js";
import type { PoolSession } from "../pool-session.js";

/** All that was sampled, at one moment. */
export interface CallersReading extends Omit<CallersPage, "next" | "rows"> {
    /** Each chain once, by its addresses. */
    callers: Map<string, SampledCaller>;
}

/** More than a pool has. */
const pagesAtMost = 100;

/** Reads every page. */
export async function readCallers(session: Pick<PoolSession, "callers">): Promise<CallersReading> {
    const callers = new Map<string, SampledCaller>();
    let page = await session.callers(0);
    note(callers, page);
    for (let pages = 1; page.next !== null && pages < pagesAtMost; pages++) {
        page = await session.callers(page.next);
        note(callers, page);
    }
    const { oneIn, epoch, samples, unplaced } = page;
    return { oneIn, epoch, samples, unplaced, callers };
}

/** What was sampled between two readings of one sampling; since its begin, where there is no earlier one. */
export function sampledSince(before: CallersReading | null, after: CallersReading) {
    const callers = [...after.callers].map(([key, { chain, samples, bytes }]): SampledCaller => {
        const earlier = before?.callers.get(key);
        return { chain, samples: samples - (earlier?.samples ?? 0), bytes: bytes - (earlier?.bytes ?? 0) };
    });
    return {
        samples: after.samples - (before?.samples ?? 0),
        unplaced: after.unplaced - (before?.unplaced ?? 0),
        callers: callers.filter(({ samples }) => samples > 0),
    };
}

function note(callers: Map<string, SampledCaller>, { rows }: CallersPage): void {
    for (const { chain, samples, bytes } of rows) {
        const key = chain.join(" ");
        const known = callers.get(key) ?? { chain, samples: 0, bytes: 0 };
        callers.set(key, { chain, samples: known.samples + samples, bytes: known.bytes + bytes });
    }
}
