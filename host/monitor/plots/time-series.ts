import { bytesPerMb } from "../../../shared/bytes.js";
import type { Rates, Sample } from "../sample.js";

/**
 * Options of a plot as echarts takes them. They hold no functions, so that they can be sent as JSON: to a page, or into a
 * report.
 */
export type Plot = Readonly<Record<string, unknown>>;

/** A value with its time. */
export interface Timed {
    /** Seconds since the same moment for all samples of a plot. */
    readonly elapsed: number;
}

/** The fields of a sample that `memoryOverTime` shows, in bytes. */
export interface MemorySample extends Timed {
    /** The pool's statistics at that time. */
    readonly statistics: {
        readonly current_used: number;
        readonly peak_used: number;
        readonly committed: number;
        readonly address_space: { readonly largest_hole: number } | null;
    };
}

/** The fields of a sample that `fallbacksOverTime` shows. */
export interface FallbackSample extends Timed {
    /** Requests per second that the pool could not serve, since the sample before; null in the first. */
    readonly rates: { readonly fallbacks: number } | null;
}

/** Used and committed memory of the pool over time; also the largest hole in the address space, if it is known. */
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

/** Calls per second over time. Fallbacks have an axis of their own: a few of them matter among millions of calls. */
export function callsOverTime(samples: readonly Sample[]): Plot {
    const rateOf = (name: keyof Rates) => (sample: Sample) =>
        sample.rates === null ? null : Math.round(sample.rates[name]);
    const series = [
        timeSeries("allocs", "#00798c", samples, rateOf("allocs")),
        timeSeries("frees", "#66a182", samples, rateOf("frees")),
        timeSeries("reallocs", "#5c4d7d", samples, rateOf("reallocs")),
        { ...timeSeries("fallbacks", "#d1495b", samples, rateOf("fallbacks")), yAxisIndex: 1 },
    ];
    return {
        animation: false,
        title: { text: "Calls per second", left: "center" },
        legend: { bottom: 0, data: series.map(({ name }) => name) },
        tooltip: { trigger: "axis" },
        grid: { left: 80, right: 80, top: 50, bottom: 70 },
        xAxis: secondsAxis,
        yAxis: [
            { type: "value", name: "calls", min: 0 },
            { type: "value", name: "fallbacks", min: 0, minInterval: 1, splitLine: { show: false } },
        ],
        series,
    };
}

/** Fallbacks per second over time. */
export function fallbacksOverTime(samples: readonly FallbackSample[]): Plot {
    const rate = timeSeries("fallbacks", "#d1495b", samples, ({ rates }) => rates?.fallbacks ?? null);
    return {
        animation: false,
        title: { text: "Fallbacks per second", left: "center" },
        tooltip: { trigger: "axis" },
        grid: { left: 70, right: 30, top: 50, bottom: 50 },
        xAxis: secondsAxis,
        yAxis: { type: "value", min: 0, minInterval: 1 },
        series: [{ ...rate, areaStyle: { opacity: 0.2 } }],
    };
}

/** Bytes in MB with two decimals; null stays null. */
export function megabytesOf(bytes: number | null): number | null {
    return bytes === null ? null : rounded(bytes / bytesPerMb, 2);
}

/** Time from the first sample to the last. */
const secondsAxis = {
    type: "value",
    name: "seconds",
    nameLocation: "middle",
    nameGap: 26,
    min: "dataMin",
    max: "dataMax",
    axisLabel: { hideOverlap: true },
} as const;

/** A line through a value of each sample; null leaves a gap. */
function timeSeries<Sample extends Timed>(
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

function rounded(value: number, digits: number): number {
    return Number(value.toFixed(digits));
}
