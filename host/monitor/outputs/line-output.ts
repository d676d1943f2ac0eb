import { megabytes } from "../../../shared/bytes.js";
import type { Sample } from "../sample.js";
import type { SampleOutput } from "./watch-pool.js";

/** A line for each sample, for standard output that is not a terminal. */
export class LineOutput implements SampleOutput {
    constructor(
        private readonly print: (line: string) => void,
        readonly isHeard: () => boolean,
    ) {}

    write(sample: Sample): void {
        this.print(sampleLine(sample));
    }

    close(): void {}
}

/** A sample in one line. */
export function sampleLine({ time, statistics, rates }: Sample): string {
    const { current_used, pool_limit, peak_used, committed, address_space } = statistics;
    const rate = (calls: number | undefined) => (calls === undefined ? "-" : calls.toFixed(0));
    return [
        new Date(time).toISOString(),
        `used ${megabytes(current_used)} of ${megabytes(pool_limit)} MB`,
        `peak ${megabytes(peak_used)} MB`,
        `committed ${megabytes(committed)} MB`,
        `allocs ${rate(rates?.allocs)}/s`,
        `frees ${rate(rates?.frees)}/s`,
        `reallocs ${rate(rates?.reallocs)}/s`,
        `fallbacks ${rate(rates?.fallbacks)}/s`,
        ...(!address_space
            ? []
            : [`largest hole ${address_space.is_lower_bound ? ">= " : ""}${megabytes(address_space.largest_hole)} MB`]),
    ].join("  ");
}
