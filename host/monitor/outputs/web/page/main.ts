// Draws what the server sends. Text of the watched program is only ever set as text, never as markup.
import * as echarts from "echarts";
import { type Drawing, plotNames } from "../drawing.js";

const title = part("title");
const state = part("state");
const charts = plotNames.map((name) => ({ name, chart: echarts.init(part(name)) }));
const events = new EventSource("events");

events.addEventListener("drawing", ({ data }: MessageEvent<string>) => {
    const drawing = JSON.parse(data) as Drawing;
    title.textContent = drawing.title;
    document.title = drawing.title;
    state.textContent = new Date(drawing.time).toLocaleTimeString();
    for (const { name, chart } of charts) chart.setOption(drawing.plots[name]);
});

events.addEventListener("end", () => {
    events.close();
    state.textContent += ", the watch has ended";
});

events.addEventListener("error", () => {
    state.textContent = "poolnv does not respond";
});

window.addEventListener("resize", () => {
    for (const { chart } of charts) chart.resize();
});

function part(id: string): HTMLElement {
    const found = document.getElementById(id);
    if (found === null) throw new Error(`The page has no ${id}.`);
    return found;
}
