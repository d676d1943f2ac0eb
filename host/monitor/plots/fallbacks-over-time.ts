import type { Plot } from "./plot.js";
import { secondsAxis, type Timed, timeSeries } from "./time-series.js";

/** Of a sample what this plot shows: requests in a second that the pool could not serve; null in the first. */
export interface FallbackSample extends Timed {
    /** Events in a second since the sample before; null in the first. */
    readonly rates: { readonly fallbacks: number } | null;
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
