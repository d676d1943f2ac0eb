import type { PoolStatistics } from "../../../shared/pool-statistics.js";
import { shownPath } from "../../files/path-bytes.js";
import type { CallersRecord, EventName, ExitRecord, Verdict, VerdictRecord } from "../results/record.js";
import type { Expectation, Seen } from "../scenario/expectations.js";
import type { Journal } from "./journal.js";

/** Longest text of an event or a reason. */
const textAtMost = 1000;
const reasonsAtMost = 64;

/** Writes the records of one test case, checks the expectations with each sample, and writes the verdict. */
export class CaseJournal {
    readonly #broken = new Map<Expectation, string>();
    /** The program's counters when the test case began; null if the program was started for it. */
    #before: PoolStatistics | null = null;
    #last: { statistics: PoolStatistics; at_ms: number } | null = null;
    #peakUsed = 0;
    #hasEnded = false;
    loadSeconds: number | null = null;

    constructor(
        readonly journal: Pick<Journal, "write" | "now">,
        readonly save: number,
        readonly expectations: readonly Expectation[],
    ) {}

    event(event: EventName, text: string): void {
        const { save } = this;
        this.journal.write({ kind: "event", save, at_ms: this.journal.now(), event, text: cut(shownPath(text)) });
    }

    /**
     * The next samples are of another program.
     *
     * @param before its counters now; null if it was just started
     */
    beginProgram(before: PoolStatistics | null): void {
        this.#before = before;
        this.#last = null;
        this.#hasEnded = false;
    }

    /** Writes a sample, and checks the expectations. */
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

    /** Writes the last sample once more, with its size classes. */
    lastSample(): void {
        if (this.#last !== null) this.journal.write({ kind: "sample", save: this.save, ...this.#last });
    }

    callers(callers: CallersRecord["callers"]): void {
        this.journal.write({ kind: "callers", save: this.save, callers });
    }

    /** The program has ended by itself. */
    ended(): void {
        this.#hasEnded = true;
        this.#judge();
    }

    /** @param verdict null: the expectations decide */
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
        if (count > 0) {
            this.event("fallback_burst", `${count} requests fell back to the original since the last sample`);
        }
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
