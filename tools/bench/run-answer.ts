import { z } from "zod";

/** Answer of the process to `run` and `hold`. Sizes in bytes; `ns` is wall time, also with several threads. */
export interface RunAnswer {
    operations: number;
    ns: number;
    threads: number;
    live_bytes: number;
    live_blocks: number;
    committed_bytes: number;
    peak_bytes: number;
    handed_over: number;
    faults: number;
}

/** Latency of one kind of call in one run, in nanoseconds: what one call in 100, 1000 and 10,000 exceeds, and the longest. */
export interface CallLatency {
    calls: number;
    p99: number;
    p99_9: number;
    p99_99: number;
    longest: number;
}

/** Answer of the process to `latency`. */
export interface LatencyAnswer {
    malloc: CallLatency;
    free: CallLatency;
    faults: number;
}

/** Reads the line that answers `run` or `hold`. */
export function readRunAnswer(line: string): RunAnswer {
    return runAnswer.parse(pairs(line));
}

/** Reads the line that answers `latency`. */
export function readLatencyAnswer(line: string): LatencyAnswer {
    const { faults, ...numbers } = latencyAnswer.parse(pairs(line));
    return {
        malloc: {
            calls: numbers.malloc_calls,
            p99: numbers.malloc_p99,
            p99_9: numbers.malloc_p99_9,
            p99_99: numbers.malloc_p99_99,
            longest: numbers.malloc_longest,
        },
        free: {
            calls: numbers.free_calls,
            p99: numbers.free_p99,
            p99_9: numbers.free_p99_9,
            p99_99: numbers.free_p99_99,
            longest: numbers.free_longest,
        },
        faults,
    };
}

const count = z.number().int().nonnegative();
const runAnswer = z.object({
    operations: count,
    ns: count,
    threads: count,
    live_bytes: count,
    live_blocks: count,
    committed_bytes: count,
    peak_bytes: count,
    handed_over: count,
    faults: count,
});

const latencyAnswer = z.object({
    malloc_calls: count,
    malloc_p99: count,
    malloc_p99_9: count,
    malloc_p99_99: count,
    malloc_longest: count,
    free_calls: count,
    free_p99: count,
    free_p99_9: count,
    free_p99_99: count,
    free_longest: count,
    faults: count,
});

function pairs(answer: string): Record<string, number> {
    return Object.fromEntries(
        answer.split(" ").map((pair) => {
            const [name, value] = pair.split("=");
            return [name ?? "", Number(value)] as const;
        }),
    );
}
