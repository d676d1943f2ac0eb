import { z } from "zod";
import {
    layerBits,
    regionLimit,
    sampleIntervalMax,
    samplerDepth,
    samplerPageRows,
    snapshotBytes,
} from "../../shared/layout.js";
import type { Layer } from "../../shared/protocol/install.js";
import type { SeenException } from "../../shared/protocol/pool.js";
import type { PoolRequests, ResidentRequests } from "../../shared/protocol/requests.js";
import { symbolizeLimit } from "../../shared/protocol/sampling.js";
import { UserError } from "../errors.js";

type Replies = {
    [Name in keyof (PoolRequests & ResidentRequests)]: (PoolRequests & ResidentRequests)[Name]["response"];
};
type Schemas = { [Name in keyof Replies]: z.ZodType<Replies[Name]> };

/**
 * Validates the reply of an agent. A target is untrusted: every value that comes from it passes here first.
 *
 * @throws UserError FORGED_POOL
 */
export function checkReply<Name extends keyof Replies>(name: Name, value: unknown): Replies[Name] {
    const schemas: Schemas = replies;
    const reply = schemas[name].safeParse(value);
    if (reply.success) return reply.data;
    const { path, message } = reply.error.issues[0]!;
    throw forgedPool(`sent an invalid reply to "${name}" (${path.join(".") || "value"}: ${message})`);
}

/** The exception that a message of the session script reports; null for any other message. */
export function readException(text: string): SeenException | null {
    try {
        return seenException.safeParse(JSON.parse(text)).data ?? null;
    } catch {
        return null;
    }
}

/** @param deed what the pool did, as the rest of a sentence */
export function forgedPool(deed: string, options?: ErrorOptions): UserError {
    return new UserError("FORGED_POOL", `the program's pool ${deed}`, forgedPoolResolution, options);
}

export const forgedPoolResolution =
    "Restart the program: the pool's control block is corrupt, or was not written by poolnv.";

/** An integer that a JavaScript number holds exactly. */
const count = z.number().int().nonnegative();
const bytes = count;
/** No size of a pool exceeds the largest region. */
const bytesOfPool = bytes.max(regionLimit);
const flag = z.union([z.literal(0), z.literal(1)]);
const strategy = z.enum(["recycle", "bump"]);
const layerNames = Object.keys(layerBits) as Layer[];
const layers = z.array(z.enum(layerNames)).max(8);
const line = z.string().max(4096);
const address = z.string().regex(/^0x[0-9a-f]{1,16}$/);

const facts = z.object({
    pid: count,
    arch: line,
    platform: line,
    program: line,
    strategy,
    layers,
    poolBytes: bytesOfPool,
    requestedBytes: bytes,
    hooked: z.boolean(),
    logFile: line.nullable(),
    game: line.nullable(),
    hasMainThreadQueue: z.boolean(),
});

/** 32-bit numbers, separated by commas. */
const words = z
    .string()
    .max((snapshotBytes / 4) * 11)
    .regex(/^\d{1,10}(,\d{1,10})*$/);

const addressSpace = z
    .object({ total: bytes, free: bytes, largest_hole: bytes, is_lower_bound: z.boolean() })
    .nullable();

/** `PoolStatistics` without `pool_limit`, as a snapshot or a results file holds them. */
export const statistics = z.object({
    active: flag,
    strategy,
    layers,
    pool_size: bytesOfPool,
    committed: bytesOfPool,
    current_used: bytesOfPool,
    peak_used: bytesOfPool,
    pool_allocs: count,
    fallback_allocs: count,
    total_frees: count,
    pool_frees_ignored: count,
    reallocs: count,
    foreign_frees: count,
    corrupt_headers: count,
    stray_pointers: count,
    double_frees: count,
    by_layer: z.partialRecord(z.enum(layerNames), z.object({ pool_allocs: count, fallback_allocs: count })),
    address_space: addressSpace,
    histogram: z.array(z.object({ max_size: bytes, live: count, total: count })).max(1024),
});

/** `ByteMismatch` rows of a refusal. */
export const byteMismatches = z
    .array(
        z.object({
            function: line,
            address: line,
            expected: line,
            found: line.nullable(),
            leads_to: line.nullable(),
        }),
    )
    .max(64);

const seenException: z.ZodType<SeenException> = z.object({
    type: line,
    address: line,
    module: line.nullable(),
    offset: count.nullable(),
});

const replies = {
    prepare: z.object({
        poolBytes: bytesOfPool,
        requestedBytes: bytes,
        stepDown: line.nullable(),
        runtimes: z.array(z.object({ module: line, profile: line, functions: z.array(line).max(64) })).max(16),
        patches: count,
        logFile: line.nullable(),
    }),
    find: facts.nullable(),
    namesakes: z.array(count).max(1024),
    writeHooks: z.object({ writtenNow: z.boolean(), stalledNs: bytes, threads: count, retries: count }),
    snapshot: z.object({ words: words, address_space: addressSpace }),
    setActive: z.boolean(),
    reset: bytesOfPool,
    startSampler: count.max(sampleIntervalMax),
    readSampler: z.object({
        sampleInterval: count.max(sampleIntervalMax),
        epoch: count,
        samples: count,
        dropped: count,
        next: count.nullable(),
        rows: z
            .array(z.object({ chain: z.array(address).max(samplerDepth), samples: count, bytes }))
            .max(samplerPageRows),
    }),
    symbolize: z
        .array(z.object({ module: line.nullable(), offset: count, function: line.nullable(), into: count }))
        .max(symbolizeLimit),
    gameState: z.object({ frames: count, loading: z.boolean().nullable() }),
    queueWork: count,
    workState: z.enum(["waiting", "running", "done", "failed", "gone"]),
    cancelWork: z.boolean(),
    log: z.null(),
    watchExceptions: z.null(),
} satisfies Schemas;
