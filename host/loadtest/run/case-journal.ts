import type { PoolStatistics } from "../../client/pool-statistics.js";
import type { Expectation, Seen } from "../expectations/expectation.js";
import type { CaseCallers } from "./case-callers.js";
import type { EventName, ExitRecord, ResultRecord, Verdict, VerdictRecord } from "../results/record.js";

/** Where a run writes to. */
export interface Journal {
    write(record: ResultRecord): void;
    /** Milliseconds since the run's start. */
    now(): number;
}

/** Longest text of an event or a reason. */
const textAtMost = 1000;
const reasonsAtMost = 64;

/** What one save's turn writes, and what it comes to. */
export class CaseJournal {
    readonly #broken = new Map<Expectation, string>();
    /** What the program's counters were when the turn began; null: it began with the turn. */
    #before: PoolStatistics | null = null;
    #last: { statistics: PoolStatistics; at_ms: number } | null = null;
    #peakUsed = 0;
    #hasEnded = false;
    loadSeconds: number | null = null;

    constructor(
        readonly journal: Journal,
        readonly save: number,
        readonly expectations: readonly Expectation[],
    ) {}

    event(event: EventName, text: string): void {
        const { save } = this;
        this.journal.write({ kind: "event", save, at_ms: this.journal.now(), event, text: cut(text) });
    }

    /**
     * From now on samples are those of this program.
     *
     * @param before what its counters are now; null where it has just been started
     */
    beginProgram(before: PoolStatistics | null): void {
        this.#before = before;
        this.#last = null;
        this.#hasEnded = false;
    }

    /** Writes a sample, and looks at what is expected. */
    sample(statistics: PoolStatistics): void {
        const at_ms = this.journal.now();
        this.#noteFallbacks(statistics);
        this.#last = { statistics, at_ms };
        const isOwnPeak = statistics.peak_used > (this.#before?.peak_used ?? -1);
        this.#peakUsed = Math.max(this.#peakUsed, isOwnPeak ? statistics.peak_used : statistics.current_used);
        const { save } = this;
        this.journal.write({ kind: "sample", save, at_ms, statistics: { ...statistics, histogram: undefined } });
        this.#judge();
    }

    /** The last sample once more, with its size classes. */
    lastSample(): void {
        if (this.#last !== null) this.journal.write({ kind: "sample", save: this.save, ...this.#last });
    }

    /** Who asked for memory, as far as it was read. */
    callers(callers: CaseCallers): void {
        this.journal.write(callers.record(this.save));
    }

    /** The program has ended by itself. */
    ended(): void {
        this.#hasEnded = true;
        this.#judge();
    }

    /** @param verdict of what happened; null where only the expectations count */
    verdict(verdict: Verdict | null, reasons: readonly string[], exit: ExitRecord | null): VerdictRecord {
        const broken = [...this.#broken].map(([{ text }, what]) => `${text}: ${what}`);
        const record: VerdictRecord = {
            kind: "verdict",
            save: this.save,
            at_ms: this.journal.now(),
            verdict: verdict ?? (broken.length > 0 ? "failed" : "passed"),
            reasons: [...reasons, ...broken].slice(0, reasonsAtMost).map(cut),
            peak_used: this.#peakUsed,
            fallback_share: this.#fallbackShare(),
            load_seconds: this.loadSeconds,
            exit,
        };
        this.journal.write(record);
        return record;
    }

    #judge(): void {
        const { expectations } = this;
        const seen: Seen = {
            statistics: this.#last?.statistics ?? null,
            peakUsed: this.#peakUsed,
            fallbackShare: this.#fallbackShare(),
            damagedHeaders: this.#since("corrupt_headers") - this.#since("stray_pointers"),
            hasEnded: this.#hasEnded,
        };
        for (const expectation of expectations) {
            const what = expectation.broken(seen);
            if (what === null) continue;
            if (!this.#broken.has(expectation)) this.event("expectation_failed", `${expectation.text}: ${what}`);
            this.#broken.set(expectation, what);
        }
    }

    #noteFallbacks(statistics: PoolStatistics): void {
        const before = this.#last?.statistics ?? this.#before;
        const count = statistics.fallback_allocs - (before?.fallback_allocs ?? 0);
        if (count > 0)
            this.event("fallback_burst", `${count} requests fell back to the original since the last sample`);
    }

    #fallbackShare(): number {
        const fallbacks = this.#since("fallback_allocs");
        const all = fallbacks + this.#since("pool_allocs");
        return all === 0 ? 0 : fallbacks / all;
    }

    #since(counter: "fallback_allocs" | "pool_allocs" | "corrupt_headers" | "stray_pointers"): number {
        const now = this.#last?.statistics[counter] ?? 0;
        return Math.max(0, now - (this.#before?.[counter] ?? 0));
    }
}

function cut(text: string): string {
    return text.length <= textAtMost ? text : `${text.slice(0, textAtMost - 1)}…`;
}
