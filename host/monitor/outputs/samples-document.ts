import type { PoolFacts } from "../../../shared/protocol/pool.js";
import type { Sample } from "../sample.js";
import type { SamplingEnd } from "../sampler.js";
import type { SampleOutput } from "./watch-pool.js";

/** Collects samples for one JSON document. Only the last one has its size classes, which would be most of the document. */
export class SamplesDocument implements SampleOutput {
    readonly #samples: object[] = [];
    #last: Sample | null = null;

    write(sample: Sample): void {
        const { time, elapsed, rates } = sample;
        const counters = { ...sample.statistics, strategy: undefined, layers: undefined, histogram: undefined };
        this.#samples.push({ time: new Date(time).toISOString(), elapsed_s: elapsed, ...counters, rates });
        this.#last = sample;
    }

    close(): void {}

    toObject(facts: PoolFacts, intervalMs: number, end: SamplingEnd): object {
        return {
            program: facts.program,
            pid: facts.pid,
            strategy: facts.strategy,
            layers: facts.layers,
            interval_s: intervalMs / 1000,
            ended: endings[end],
            samples: this.#samples,
            histogram: this.#last?.statistics.histogram ?? [],
        };
    }
}

const endings: Record<SamplingEnd, string> = { enough: "count", stopped: "interrupted", gone: "program ended" };
