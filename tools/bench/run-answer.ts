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

/** Reads the line that answers `run` or `hold`. */
export function readRunAnswer(line: string): RunAnswer {
    return runAnswer.parse(pairs(line));
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

function pairs(answer: string): Record<string, number> {
    return Object.fromEntries(
        answer.split(" ").map((pair) => {
            const [name, value] = pair.split("=");
            return [name ?? "", Number(value)] as const;
        }),
    );
}
