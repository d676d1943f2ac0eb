import * as echarts from "echarts";
import { type Allocator, allocators, isPeer } from "../allocators.js";
import { type Platform, platforms, platformTitles } from "../platform.js";
import type { BenchReport } from "../report.js";
import { comparedWorkloads } from "../workloads.js";

const pageWidth = 1200;
const panelHeight = 340;
const topMargin = 90;
const gap = 90;

/** The times as a picture: a panel for each target, a group of bars for each workload. */
export function picture(report: BenchReport): string {
    const targets = platforms.filter((target) => timed(report).some((result) => result.target === target));
    const height = topMargin + targets.length * panelHeight;
    const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: pageWidth, height });
    chart.setOption({
        animation: false,
        backgroundColor: "#ffffff",
        title: {
            text: "Time per operation in nanoseconds, median of the repetitions; shorter is faster",
            subtext: `seed ${report.options.seed}, ${report.cores} cores`,
            left: "center",
        },
        legend: { bottom: 8, itemGap: 28, data: present(report).map(({ title }) => title) },
        grid: targets.map((_, index) => ({
            top: topMargin + index * panelHeight,
            height: panelHeight - gap,
            left: 70,
            right: 30,
        })),
        xAxis: targets.map((target, index) => ({
            gridIndex: index,
            type: "category" as const,
            name: platformTitles[target],
            nameLocation: "middle" as const,
            nameGap: 28,
            nameTextStyle: { fontWeight: "bold" as const },
            data: compared(report).map(({ name }) => name),
        })),
        yAxis: targets.map((_, index) => ({ gridIndex: index, type: "log" as const, min: 1, name: "ns" })),
        series: targets.flatMap((target, index) =>
            present(report)
                .filter(({ name }) => timed(report).some((one) => one.target === target && one.allocator === name))
                .map((allocator) => bars(report, target, index, allocator)),
        ),
    });
    const svg = chart.renderToSVGString();
    chart.dispose();
    return svg;
}

/** The picture in a page, with the tables below it. */
export function page(svg: string, markdown: string): string {
    const text = markdown.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    return [
        "<!doctype html>",
        '<html lang="en"><meta charset="utf-8"><title>poolnv bench</title>',
        `<body style="font-family: sans-serif">${svg}<pre>${text}</pre></body></html>`,
        "",
    ].join("\n");
}

function bars(report: BenchReport, target: Platform, index: number, { name, title }: Allocator) {
    return {
        type: "bar" as const,
        name: title,
        xAxisIndex: index,
        yAxisIndex: index,
        itemStyle: { color: colours[name] },
        data: compared(report).map((workload) => report.measurements.time(target, workload.name, name) ?? "-"),
    };
}

/** Ours stand out; the others keep to quieter tones. */
const colours: Record<Allocator["name"], string> = {
    crt: "#8a8f98",
    recycle: "#d1495b",
    bump: "#edae49",
    baseline: "#d9dce1",
    mimalloc: "#00798c",
    jemalloc: "#30638e",
    tcmalloc: "#66a182",
    rpmalloc: "#9bc1bc",
};

function timed(report: BenchReport) {
    const names = comparedWorkloads.map(({ name }) => name);
    return report.measurements.results().filter(({ workload }) => names.includes(workload));
}

function compared(report: BenchReport) {
    return comparedWorkloads.filter(({ name }) => timed(report).some(({ workload }) => workload === name));
}

function present(report: BenchReport): Allocator[] {
    const measured = allocators.filter(({ name }) => timed(report).some(({ allocator }) => allocator === name));
    return [...measured.filter(({ name }) => !isPeer(name)), ...measured.filter(({ name }) => isPeer(name))];
}
