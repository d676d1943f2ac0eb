import type { Sample } from "../sample.js";
import type { SampleOutput } from "./watch-pool.js";

/** Samples as comma-separated values: a line with the names, then a line for each sample. Unknown values are empty. */
export class CsvOutput implements SampleOutput {
    #isBegun = false;

    constructor(private readonly destination: TextDestination) {}

    async write(sample: Sample): Promise<void> {
        const row = columns.map(([, value]) => value(sample) ?? "").join(",");
        const header = this.#isBegun ? "" : `${columns.map(([name]) => name).join(",")}\n`;
        this.#isBegun = true;
        await this.destination.write(`${header}${row}\n`);
    }

    isHeard(): boolean {
        return this.destination.isHeard();
    }

    async close(): Promise<void> {
        await this.destination.close();
    }
}

/** A stream or a file that text is written to. */
export interface TextDestination {
    write(text: string): void | Promise<void>;
    /** False once its reader is gone. */
    isHeard(): boolean;
    close(): void | Promise<void>;
}

const columns: readonly (readonly [string, (sample: Sample) => number | string | undefined])[] = [
    ["time", ({ time }) => new Date(time).toISOString()],
    ["elapsed_s", ({ elapsed }) => elapsed.toFixed(3)],
    ["active", ({ statistics }) => statistics.active],
    ["pool_size", ({ statistics }) => statistics.pool_size],
    ["committed", ({ statistics }) => statistics.committed],
    ["current_used", ({ statistics }) => statistics.current_used],
    ["peak_used", ({ statistics }) => statistics.peak_used],
    ["pool_allocs", ({ statistics }) => statistics.pool_allocs],
    ["fallback_allocs", ({ statistics }) => statistics.fallback_allocs],
    ["total_frees", ({ statistics }) => statistics.total_frees],
    ["reallocs", ({ statistics }) => statistics.reallocs],
    ["foreign_frees", ({ statistics }) => statistics.foreign_frees],
    ["corrupt_headers", ({ statistics }) => statistics.corrupt_headers],
    ["double_frees", ({ statistics }) => statistics.double_frees],
    ["allocs_per_s", ({ rates }) => rates?.allocs.toFixed(1)],
    ["frees_per_s", ({ rates }) => rates?.frees.toFixed(1)],
    ["reallocs_per_s", ({ rates }) => rates?.reallocs.toFixed(1)],
    ["fallbacks_per_s", ({ rates }) => rates?.fallbacks.toFixed(1)],
    ["address_space_free", ({ statistics }) => statistics.address_space?.free],
    ["largest_hole", ({ statistics }) => statistics.address_space?.largest_hole],
    ["pool_limit", ({ statistics }) => statistics.pool_limit],
    ["stray_pointers", ({ statistics }) => statistics.stray_pointers],
];
