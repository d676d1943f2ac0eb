import { z } from "zod";

/** What agents may answer. A target is untrusted: whatever comes from it passes here first. */
const bytes = z.number().int().nonnegative();
const count = bytes;
const flag = z.union([z.literal(0), z.literal(1)]);
const strategy = z.enum(["recycle", "bump"]);
const layers = z.array(z.enum(["crt"])).max(8);
const line = z.string().max(4096);

const facts = z.object({
    pid: count,
    arch: line,
    platform: line,
    program: line,
    strategy,
    layers,
    poolBytes: bytes,
    requestedBytes: bytes,
    armed: z.boolean(),
    logFile: line.nullable(),
});

const statistics = z.object({
    active: flag,
    strategy,
    layers,
    pool_size: bytes,
    committed: bytes,
    current_used: bytes,
    peak_used: bytes,
    pool_allocs: count,
    fallback_allocs: count,
    total_frees: count,
    pool_frees_ignored: count,
    reallocs: count,
    foreign_frees: count,
    corrupt_headers: count,
    double_frees: count,
    histogram: z.array(z.object({ max_size: bytes, live: count, total: count })).max(1024),
});

export const replies = {
    prepare: z.object({
        poolBytes: bytes,
        requestedBytes: bytes,
        stepDown: line.nullable(),
        runtimes: z.array(z.object({ module: line, profile: line, functions: z.array(line).max(64) })).max(16),
        logFile: line.nullable(),
    }),
    find: facts.nullable(),
    arm: z.object({ armedNow: z.boolean(), stalledNs: bytes, threads: count, retries: count }),
    statistics,
    setActive: z.boolean(),
    reset: bytes,
    log: z.null(),
};
