import * as echarts from "echarts";
import { blocksBySize } from "../../../monitor/plots/blocks-by-size.js";
import { fallbacksOverTime, memoryOverTime, type Plot } from "../../../monitor/plots/time-series.js";
import type { SaveDetails, SaveEvent } from "../document.js";
import { unpackColumns } from "../sample-columns.js";
import { element } from "./element.js";

/** Appends the plots of a save to an element, which must be visible: the plots take their size from it. */
export function drawPlots(place: HTMLElement, details: SaveDetails): void {
    const samples = samplesOf(details);
    const plots: { plot: Plot; description: string; isWide?: true }[] = [];
    if (samples.length > 0) {
        plots.push({ plot: withEvents(memoryOverTime(samples), details.events), description: "memory over time" });
        plots.push({ plot: fallbacksOverTime(samples), description: "fallbacks per second over time" });
    }
    if (details.histogram.length > 0) {
        const rows = details.histogram.map(([max_size, live]) => ({ max_size, live }));
        plots.push({ plot: blocksBySize(rows), description: "live blocks by size", isWide: true });
    }
    const grid = element("div", { class: "plots" });
    place.append(grid);
    for (const { plot, description, isWide } of plots) {
        const kind = isWide ? "plot wide" : "plot";
        const frame = element("div", { class: kind, role: "img", "aria-label": `Plot of ${description}` });
        grid.append(frame);
        draw(frame, plot);
    }
}

function draw(frame: HTMLElement, plot: Plot): void {
    const chart = echarts.init(frame, themeName());
    // A tooltip of HTML would need inline styles, which the policy of the page forbids.
    chart.setOption({ ...plot, backgroundColor: "transparent", tooltip: { trigger: "axis", renderMode: "richText" } });
    new ResizeObserver(() => chart.resize()).observe(frame);
    for (const query of [dark, printing]) query.addEventListener("change", () => chart.setTheme(themeName()));
}

const dark = matchMedia("(prefers-color-scheme: dark)");
const printing = matchMedia("print");

/** The plots' theme that fits the page's present colours. */
function themeName(): "dark" | "default" {
    return dark.matches && !printing.matches ? "dark" : "default";
}

function samplesOf({ samples }: SaveDetails) {
    const { at, used, peak, committed, hole, fallbackRate } = unpackColumns(samples);
    const bytes = (kilobytes: number | null | undefined) => (kilobytes ?? 0) * 1024;
    return at.map((milliseconds, index) => ({
        elapsed: (milliseconds ?? 0) / 1000,
        statistics: {
            current_used: bytes(used[index]),
            peak_used: bytes(peak[index]),
            committed: bytes(committed[index]),
            address_space: hole[index] === null ? null : { largest_hole: bytes(hole[index]) },
        },
        rates: fallbackRate[index] === null ? null : { fallbacks: (fallbackRate[index] ?? 0) / 100 },
    }));
}

/** Marks the events that explain the curves. */
function withEvents(plot: Plot, events: readonly SaveEvent[]): Plot {
    const marked = events.filter(({ event }) => ["loaded", "crashed", "hung"].includes(event));
    const [first, ...others] = plot["series"] as object[];
    const marks = {
        symbol: "none",
        silent: true,
        animation: false,
        lineStyle: { color: "#8a8f98", type: "dashed" },
        label: { formatter: "{b}", color: "#8a8f98" },
        data: marked.map(({ seconds, event }) => ({ xAxis: seconds, name: event })),
    };
    return { ...plot, series: [{ ...first, markLine: marks }, ...others] };
}
