// Draws what the server sends. What comes from the watched program is only ever set as text.
/* global document, window, echarts, EventSource */

const plots = new Map(["memory", "calls", "sizes"].map((name) => [name, echarts.init(document.getElementById(name))]));
const state = document.getElementById("state");
const events = new EventSource("events");

events.addEventListener("drawing", ({ data }) => {
    const drawing = JSON.parse(data);
    document.getElementById("title").textContent = drawing.title;
    document.title = drawing.title;
    state.textContent = new Date(drawing.time).toLocaleTimeString();
    for (const [name, plot] of plots) plot.setOption(drawing.plots[name]);
});

events.addEventListener("end", () => {
    events.close();
    state.textContent += ", and the watching has ended";
});

events.addEventListener("error", () => {
    state.textContent = "poolnv does not answer";
});

window.addEventListener("resize", () => {
    for (const plot of plots.values()) plot.resize();
});
