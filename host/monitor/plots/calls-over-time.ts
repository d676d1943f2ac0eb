import type { Rates, Sample } from "../sample.js";
import type { Plot } from "./plot.js";
import { secondsAxis, timeSeries } from "./time-series.js";

/** Calls per second over time. Fallbacks have an axis of their own: a few of them matter among millions. */
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
