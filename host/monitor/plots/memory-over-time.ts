import { megabytesOf, secondsAxis, type Timed, timeSeries } from "./time-series.js";
import type { Plot } from "./plot.js";

/** Of a sample what this plot shows, in bytes. */
export interface MemorySample extends Timed {
    /** The pool's numbers at that time. */
    readonly statistics: {
        readonly current_used: number;
        readonly peak_used: number;
        readonly committed: number;
        readonly address_space: { readonly largest_hole: number } | null;
    };
}

/** How much of the pool is used and committed over time; the largest hole in the address space where it is known. */
export function memoryOverTime(samples: readonly MemorySample[]): Plot {
    const holeOf = ({ statistics }: MemorySample) => statistics.address_space?.largest_hole ?? null;
    const series = [
        timeSeries("used", "#d1495b", samples, ({ statistics }) => megabytesOf(statistics.current_used)),
        timeSeries("peak", "#edae49", samples, ({ statistics }) => megabytesOf(statistics.peak_used)),
        timeSeries("committed", "#00798c", samples, ({ statistics }) => megabytesOf(statistics.committed)),
    ];
    if (samples.some((sample) => holeOf(sample) !== null)) {
        series.push(timeSeries("largest hole", "#8a8f98", samples, (sample) => megabytesOf(holeOf(sample))));
    }
    return {
        animation: false,
        title: { text: "Memory", left: "center" },
        legend: { bottom: 0, type: "scroll", data: series.map(({ name }) => name) },
        tooltip: { trigger: "axis" },
        grid: { left: 70, right: 30, top: 50, bottom: 70 },
        xAxis: secondsAxis,
        yAxis: { type: "value", name: "MB", min: 0 },
        series,
    };
}
