import Table from "cli-table3";

import { megabytes } from "../text/bytes.js";
import type { DemoReport } from "./demo.js";

/** What the pool changed, as a small table. */
export function comparisonTable({ before, after, statistics }: DemoReport): string {
    const table = new Table({
        head: ["", "without pool", "with pool"],
        colAligns: ["left", "right", "right"],
        style: { head: [], border: [] },
    });
    table.push(
        ["time per operation", nanoseconds(before.ns_per_operation), nanoseconds(after.ns_per_operation)],
        ["peak memory", `${megabytes(before.peak_memory)} MB`, `${megabytes(after.peak_memory)} MB`],
        ["allocations served by the pool", "-", String(statistics.pool_allocs)],
        ["allocations served by the original", "-", String(statistics.fallback_allocs)],
    );
    return table.toString();
}

function nanoseconds(value: number): string {
    return `${value.toFixed(1)} ns`;
}
