import { printable } from "../../../shared/printable.js";
import { megabytes, size } from "../../text/bytes.js";
import type { Paint } from "./paint.js";
import type { PoolFacts } from "../../client/pool-session.js";
import type { PoolStatistics } from "../../client/pool-statistics.js";
import { shareOfPool } from "../share-of-pool.js";
import type { Sample } from "../sample.js";
import { sparkline } from "./sparkline.js";

const mostClasses = 5;
/** Narrower than this it is no longer tidy. */
const leastWidth = 38;

/**
 * The live view as lines for a terminal.
 *
 * @param recent samples, oldest first; at least one
 * @param width columns that there are
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
    const room = columns - clock.length - 1;
    const behind = ` (pid ${pid})`;
    const name = [...printable(program)];
    const most = room - behind.length;
    const shown = name.length > most ? `…${name.slice(1 - most).join("")}` : name.join("");
    return `${(shown + behind).padEnd(room)} ${clock}`;
}

/** Used of the pool, with a mark at the peak. */
function usage(statistics: PoolStatistics, columns: number, paint: Paint) {
    const { current_used, peak_used, committed, pool_size, pool_limit, active } = statistics;
    const used = shareOfPool(current_used, statistics);
    const share = `${(used * 100).toFixed(1)} %`.padStart(7);
    const room = columns - share.length - 3;
    const filled = Math.round(used * room);
    const peak = Math.min(room - 1, Math.max(filled, Math.round(shareOfPool(peak_used, statistics) * room) - 1));
    const bar = Array.from({ length: room }, (_, at) => (at < filled ? "█" : at === peak ? "|" : "·")).join("");
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

/** The size classes that hold most, by what their blocks hold at most. */
function classes({ histogram }: PoolStatistics, columns: number, paint: Paint): string[] {
    const largest = histogram
        .map(({ max_size, live }) => ({ limit: max_size, live, bytes: max_size * live }))
        .filter(({ live }) => live > 0)
        .sort((left, right) => right.bytes - left.bytes)
        .slice(0, mostClasses);
    const most = largest[0]?.bytes ?? 0;
    const room = Math.min(40, columns - labelWidth - 15);
    return largest.map(({ limit, bytes }) => {
        const bar = "#".repeat(Math.max(1, Math.round((bytes / most) * room)));
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
