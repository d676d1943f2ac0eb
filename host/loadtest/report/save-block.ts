import { deflateRawSync } from "node:zlib";
import type { CollectedSave } from "./collected-save.js";
import type { Caller, SaveBlock, SaveDetails } from "./document.js";
import { thumbnail } from "./thumbnail.js";

const callersAtMost = 50;

/**
 * @param save null for one whose turn never began
 * @param pictureWidth of its picture, in pixels
 */
export async function saveBlock(save: CollectedSave | null, pictureWidth: number): Promise<SaveBlock | null> {
    if (save === null) return null;
    const picture = save.screenshot === null ? null : await thumbnail(save.screenshot, pictureWidth);
    return { picture, details: deflateRawSync(JSON.stringify(detailsOf(save))).toString("base64") };
}

/** Pictures are the most that a report holds: where there are many, each is small. */
export function pictureWidthFor(saves: number): number {
    return saves <= 60 ? 320 : 160;
}

function detailsOf({ verdict, events, eventsLeftOut, samples, callers }: CollectedSave): SaveDetails {
    return {
        exit: verdict?.exit ?? null,
        events,
        eventsLeftOut,
        samples: samples.pack(),
        samplesTaken: samples.taken,
        isHoleLowerBound: samples.newest?.statistics.address_space?.is_lower_bound ?? false,
        histogram: samples.histogram.filter(({ live }) => live > 0).map(({ max_size, live }) => [max_size, live]),
        callers: callers === null ? null : greatest(callers.callers),
    };
}

function greatest(callers: readonly Caller[]): Caller[] {
    return [...callers].sort((one, other) => other.bytes - one.bytes).slice(0, callersAtMost);
}
