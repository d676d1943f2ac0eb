/**
 * Samples of a living pool, at fixed times.
 *
 * @example
 * ```ts
 * import { connect } from "poolnv";
 * import { samples } from "poolnv/monitor";
 *
 * const pool = await connect("FalloutNV.exe");
 * for await (const { elapsed, statistics } of samples(pool, { intervalMs: 500, count: 10 }))
 *     console.log(elapsed, statistics.current_used);
 * await pool.close();
 * ```
 *
 * @packageDocumentation
 */
export type { Rates, Sample } from "./sample.js";
export { samples, type SamplingEnd, type SamplingOptions } from "./sampler.js";
