import type pico from "picocolors";
import { megabytes, size } from "../../../shared/bytes.js";
import type { PoolStatistics } from "../../../shared/pool-statistics.js";
import { printable } from "../../../shared/printable.js";
import type { PoolFacts } from "../../../shared/protocol/pool.js";
import { type Sample, shareOfPool } from "../sample.js";

/** Functions that colour text, or leave it as it is. */
export type Paint = ReturnType<typeof pico.createColors>;

const mostClasses = 5;
/** The layout needs this many columns. */
const leastWidth = 38;

/**
 * The live view as lines for a terminal.
 *
 * @param recent samples, oldest first; at least one
 * @param width columns of the terminal
 */
export function render(recent: readonly Sample[], facts: PoolFacts, width: number, paint: Paint): string[] {
    const columns = Math.max(width, leastWidth);
    const { statistics, time, rates } = recent.at(-1)!;
    return [
        paint.bold(title(facts, time, columns)),
        ...usage(statistics, columns, paint),
        paint.cyan(sparkline(recent.slice(-columns).map((sample) => sample.statistics.current_used))),
        ...calls(statistics, rates, paint),
        ...classes(statistics, columns, paint),
        ...addressSpace(statistics, paint),
    ];
}

function title({ program, pid }: PoolFacts, time: number, columns: number): string {
    const clock = new Date(time).toTimeString().slice(0, 8);
    const space = columns - clock.length - 1;
    const suffix = ` (pid ${pid})`;
    const name = [...printable(program)];
    const most = space - suffix.length;
    const shown = name.length > most ? `…${name.slice(1 - most).join("")}` : name.join("");
    return `${(shown + suffix).padEnd(space)} ${clock}`;
}

/** A bar of the used share of the pool with a mark at the peak, and the numbers. */
function usage(statistics: PoolStatistics, columns: number, paint: Paint) {
    const { current_used, peak_used, committed, pool_size, pool_limit, active } = statistics;
    const used = shareOfPool(current_used, statistics);
    const share = `${(used * 100).toFixed(1)} %`.padStart(7);
    const length = columns - share.length - 3;
    const filled = Math.round(used * length);
    const peak = Math.min(length - 1, Math.max(filled, Math.round(shareOfPool(peak_used, statistics) * length) - 1));
    const bar = Array.from({ length }, (_, at) => (at < filled ? "█" : at === peak ? "|" : "·")).join("");
    const colour = used > 0.9 ? paint.red : paint.green;
    return [
        `[${colour(bar)}] ${share}`,
        row("used", `${megabytes(current_used)} of ${megabytes(pool_limit)} MB`, paint),
        row("peak", `${megabytes(peak_used)} MB`, paint),
        ...(pool_size === pool_limit ? [] : [row("reserved", `${megabytes(pool_size)} MB`, paint)]),
        row("committed", `${megabytes(committed)} MB`, paint),
        ...(active === 1 ? [] : [paint.yellow("not active: new allocations go elsewhere")]),
    ];
}

function calls(statistics: PoolStatistics, rates: Sample["rates"], paint: Paint): string[] {
    const line = (label: string, rate: number | undefined, total: number) =>
        row(label, `${rate === undefined ? "-" : Math.round(rate)}`.padStart(11) + String(total).padStart(16), paint);
    const fallbacks = line("fallbacks", rates?.fallbacks, statistics.fallback_allocs);
    return [
        paint.dim(" ".repeat(labelWidth) + "per second".padStart(11) + "in all".padStart(16)),
        line("allocs", rates?.allocs, statistics.pool_allocs),
        line("frees", rates?.frees, statistics.total_frees),
        line("reallocs", rates?.reallocs, statistics.reallocs),
        (rates?.fallbacks ?? 0) > 0 ? paint.yellow(fallbacks) : fallbacks,
    ];
}

/** The size classes with the most bytes, by the largest size of their blocks. */
function classes({ histogram }: PoolStatistics, columns: number, paint: Paint): string[] {
    const largest = histogram
        .map(({ max_size, live }) => ({ limit: max_size, live, bytes: max_size * live }))
        .filter(({ live }) => live > 0)
        .sort((left, right) => right.bytes - left.bytes)
        .slice(0, mostClasses);
    const most = largest[0]?.bytes ?? 0;
    const length = Math.min(40, columns - labelWidth - 15);
    return largest.map(({ limit, bytes }) => {
        const bar = "#".repeat(Math.max(1, Math.round((bytes / most) * length)));
        return row(`<= ${size(limit)}`, `${`${megabytes(bytes)} MB`.padStart(12)} ${paint.cyan(bar)}`, paint);
    });
}

function addressSpace({ address_space }: PoolStatistics, paint: Paint): string[] {
    if (!address_space) return [];
    const { total, free, largest_hole, is_lower_bound } = address_space;
    const least = is_lower_bound ? ">= " : "";
    return [
        row("addresses", `${least}${megabytes(free)} of ${megabytes(total)} MB`, paint),
        row("  hole", `${least}${megabytes(largest_hole)} MB`, paint),
    ];
}

const labelWidth = 11;

function row(label: string, text: string, paint: Paint): string {
    return `${paint.dim(label.padEnd(labelWidth))}${text}`;
}

const steps = "▁▂▃▄▅▆▇█";

/** Numbers as a row of bars, scaled between the smallest and the largest; all low if all are equal. */
export function sparkline(values: readonly number[]): string {
    const lowest = Math.min(...values);
    const range = Math.max(...values) - lowest;
    return values
        .map((value) => steps[range === 0 ? 0 : Math.round(((value - lowest) / range) * (steps.length - 1))])
        .join("");
}
