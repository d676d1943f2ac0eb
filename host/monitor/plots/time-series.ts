/** Something that was measured at a moment. */
export interface Timed {
    /** In seconds, since whatever all of a series count from. */
    readonly elapsed: number;
}

/** Time from the first sample to the last. */
export const secondsAxis = {
    type: "value",
    name: "seconds",
    nameLocation: "middle",
    nameGap: 26,
    min: "dataMin",
    max: "dataMax",
    axisLabel: { hideOverlap: true },
} as const;

/** A line through a value of each sample; null leaves a gap. */
export function timeSeries<Sample extends Timed>(
    name: string,
    color: string,
    samples: readonly Sample[],
    valueOf: (sample: Sample) => number | null,
) {
    return {
        type: "line" as const,
        name,
        color,
        showSymbol: false,
        lineStyle: { width: 2 },
        data: samples.map((sample) => [rounded(sample.elapsed, 2), valueOf(sample)] as const),
    };
}

/** In MB, as far as a plot can show it; what is not known stays so. */
export function megabytesOf(bytes: number | null): number | null {
    return bytes === null ? null : rounded(bytes / 1_048_576, 2);
}

function rounded(value: number, digits: number): number {
    return Number(value.toFixed(digits));
}
