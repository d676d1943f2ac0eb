import { Counter, Gauge, Registry } from "prom-client";
import type { PoolStatistics } from "../../../shared/pool-statistics.js";
import { printable } from "../../../shared/printable.js";
import type { PoolFacts } from "../../../shared/protocol/pool.js";
import type { Sample } from "../sample.js";
import type { SampleOutput } from "./watch-pool.js";

/** Samples in the text format of Prometheus, each as a complete exposition. Prometheus itself computes rates. */
export class PrometheusOutput implements SampleOutput {
    readonly #labels: { program: string; pid: string };

    /** @param put called with the exposition of each sample, which replaces the one before */
    constructor(
        { program, pid }: PoolFacts,
        private readonly put: (text: string) => void | Promise<void>,
        readonly isHeard: () => boolean,
    ) {
        this.#labels = { program: printable(program), pid: String(pid) };
    }

    async write({ statistics }: Sample): Promise<void> {
        await this.put(await exposition(statistics, this.#labels));
    }

    close(): void {}
}

async function exposition(statistics: PoolStatistics, labels: Record<string, string>): Promise<string> {
    const registry = new Registry();
    registry.setDefaultLabels(labels);
    const registers = [registry];
    for (const [name, help, value] of gauges) {
        const number = value(statistics);
        if (number !== undefined) new Gauge({ name: `poolnv_${name}`, help, registers }).set(number);
    }
    for (const [name, help, value] of counters) {
        new Counter({ name: `poolnv_${name}_total`, help, registers }).inc(value(statistics));
    }
    const labelNames = ["max_size"];
    const live = new Gauge({
        name: "poolnv_class_live_blocks",
        help: "Live blocks of a size class.",
        labelNames,
        registers,
    });
    const total = new Counter({
        name: "poolnv_class_blocks_total",
        help: "Blocks of a size class so far.",
        labelNames,
        registers,
    });
    for (const row of statistics.histogram.filter((one) => one.total > 0)) {
        live.set({ max_size: row.max_size }, row.live);
        total.inc({ max_size: row.max_size }, row.total);
    }
    return registry.metrics();
}

type Metric<Value> = readonly [name: string, help: string, value: (statistics: PoolStatistics) => Value];

const gauges: readonly Metric<number | undefined>[] = [
    ["active", "1 while new allocations go to the pool.", ({ active }) => active],
    ["pool_size_bytes", "Region reserved.", ({ pool_size }) => pool_size],
    ["pool_limit_bytes", "What the region may grow to.", ({ pool_limit }) => pool_limit],
    ["committed_bytes", "Of the region, backed by memory.", ({ committed }) => committed],
    ["current_used_bytes", "Of the region, held by live blocks.", ({ current_used }) => current_used],
    ["peak_used_bytes", "Highest use seen.", ({ peak_used }) => peak_used],
    ["address_space_bytes", "Address space of the program.", ({ address_space }) => address_space?.total],
    ["address_space_free_bytes", "Of the address space, free.", ({ address_space }) => address_space?.free],
    ["largest_hole_bytes", "Largest free range of addresses.", ({ address_space }) => address_space?.largest_hole],
];

const counters: readonly Metric<number>[] = [
    ["pool_allocs", "Blocks served from the pool.", ({ pool_allocs }) => pool_allocs],
    ["fallback_allocs", "Requests the pool could not serve.", ({ fallback_allocs }) => fallback_allocs],
    ["frees", "Calls of free.", ({ total_frees }) => total_frees],
    ["pool_frees_ignored", "Frees that released nothing.", ({ pool_frees_ignored }) => pool_frees_ignored],
    ["reallocs", "Calls of realloc.", ({ reallocs }) => reallocs],
    ["foreign_frees", "Frees of pointers that are not the pool's.", ({ foreign_frees }) => foreign_frees],
    ["corrupt_headers", "Pool pointers whose header failed validation.", ({ corrupt_headers }) => corrupt_headers],
    ["stray_pointers", "Of them, those where no block can begin.", ({ stray_pointers }) => stray_pointers],
    ["double_frees", "Frees of blocks that were free already.", ({ double_frees }) => double_frees],
];
