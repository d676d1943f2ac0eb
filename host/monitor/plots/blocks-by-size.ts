import { size } from "../../../shared/bytes.js";
import type { HistogramRow } from "../../../shared/pool-statistics.js";
import { megabytesOf, type Plot } from "./time-series.js";

/** Live blocks of each size class in use, and their largest possible size in all. */
export function blocksBySize(histogram: readonly Pick<HistogramRow, "max_size" | "live">[]): Plot {
    const used = histogram.filter(({ live }) => live > 0);
    return {
        animation: false,
        title: { text: "Live blocks by size", left: "center" },
        legend: { bottom: 0, data: ["blocks", "MB"] },
        tooltip: { trigger: "axis" },
        grid: { left: 80, right: 80, top: 50, bottom: 100 },
        xAxis: { type: "category", data: used.map(({ max_size }) => size(max_size)), axisLabel: { rotate: 60 } },
        yAxis: [
            { type: "value", name: "blocks", min: 0 },
            { type: "value", name: "MB", min: 0, splitLine: { show: false } },
        ],
        series: [
            { type: "bar", name: "blocks", color: "#30638e", data: used.map(({ live }) => live) },
            {
                type: "bar",
                name: "MB",
                color: "#d9a441",
                yAxisIndex: 1,
                data: used.map(({ live, max_size }) => megabytesOf(live * max_size)),
            },
        ],
    };
}
