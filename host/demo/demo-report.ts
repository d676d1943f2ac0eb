import Table from "cli-table3";
import { megabytes } from "../../shared/bytes.js";
import type { PoolStatistics } from "../../shared/pool-statistics.js";
import type { PoolFacts } from "../../shared/protocol/pool.js";
import type { CommandResult } from "../repl/run-command.js";
import type { Measurement } from "./measurement.js";

/** The results of the demo. */
export interface DemoReport {
    /** Describes the program: `C program, compiled with cc`. */
    target: string;
    /** The pool that the program had. */
    facts: PoolFacts;
    /** The engine that Frida ran in; null if none was needed. */
    engine: { kind: string; version: string } | null;
    /** The program's measurement without the pool. */
    before: Measurement;
    /** The same with the pool. */
    after: Measurement;
    /** The pool's statistics at the end. */
    statistics: PoolStatistics;
    /** Results of the console commands. */
    results: CommandResult[];
}

/** The measurements without and with the pool as a small table. */
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

/** The document of `poolnv demo --json`. */
export function demoDocument({ target, facts, engine, before, after, statistics, results }: DemoReport): object {
    const commands = results.map(({ command, value }) => ({ command, value }));
    return { target, engine, pool_size: facts.poolBytes, before, after, commands, statistics };
}

function nanoseconds(value: number): string {
    return `${value.toFixed(1)} ns`;
}
