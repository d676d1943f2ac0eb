import { z } from "zod";
import { type PoolRequests, type ResidentRequests, locatedAtOnce, type SeenException } from "../../shared/protocol.js";
import { callerChainLength, callersLargest, callersPageRows, regionLimit, snapshotBytes } from "../../shared/layout.js";
import { UserError } from "../errors.js";

type Replies = {
    [Name in keyof (PoolRequests & ResidentRequests)]: (PoolRequests & ResidentRequests)[Name]["response"];
};

/**
 * The answer of an agent, if it can be one. A target is untrusted: whatever comes from it passes here first.
 *
 * @throws UserError FORGED_POOL
 */
export function checkReply<Name extends keyof Replies>(name: Name, value: unknown): Replies[Name] {
    const reply = replies[name].safeParse(value);
    if (reply.success) return reply.data;
    const { path, message } = reply.error.issues[0]!;
    throw forgedPool(`answered "${name}" with nonsense (${path.join(".") || "value"}: ${message})`);
}

/** The error for a program whose pool did what no pool of ours does. */
export function forgedPool(deed: string, options?: ErrorOptions): UserError {
    return new UserError("FORGED_POOL", `the program's pool ${deed}`, forgedPoolResolution, options);
}

export const forgedPoolResolution =
    "Restart the program: something has damaged the pool's control block, or only pretends to be one.";

/** Integers that a JavaScript number holds exactly. */
const count = z.number().int().nonnegative();
const bytes = count;
/** Nothing of a pool is larger than the largest region. */
const bytesOfPool = bytes.max(regionLimit);
const flag = z.union([z.literal(0), z.literal(1)]);
const strategy = z.enum(["recycle", "bump"]);
const layerNames = ["crt", "gameheap", "scrapheap"] as const;
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
    armed: z.boolean(),
    logFile: line.nullable(),
    game: line.nullable(),
    hasMainThreadQueue: z.boolean(),
});

/** Numbers of 32 bits with commas between them. */
const words = z
    .string()
    .max((snapshotBytes / 4) * 11)
    .regex(/^\d{1,10}(,\d{1,10})*$/);

const addressSpace = z
    .object({ total: bytes, free: bytes, largest_hole: bytes, is_lower_bound: z.boolean() })
    .nullable();

/** What a pool counts, wherever it is read. */
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

/** What does not begin as a game's profile says. */
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

/** What a program says of an exception of its own. */
export const seenException: z.ZodType<SeenException> = z.object({
    type: line,
    address: line,
    module: line.nullable(),
    offset: count.nullable(),
});

const replies: { [Name in keyof Replies]: z.ZodType<Replies[Name]> } = {
    prepare: z.object({
        poolBytes: bytesOfPool,
        requestedBytes: bytes,
        stepDown: line.nullable(),
        runtimes: z.array(z.object({ module: line, profile: line, functions: z.array(line).max(64) })).max(16),
        patches: count,
        logFile: line.nullable(),
    }),
    find: facts.nullable(),
    arm: z.object({ armedNow: z.boolean(), stalledNs: bytes, threads: count, retries: count }),
    snapshot: z.object({ words: words, address_space: addressSpace }),
    setActive: z.boolean(),
    reset: bytesOfPool,
    sampleCallers: count.max(callersLargest),
    callers: z.object({
        oneIn: count.max(callersLargest),
        epoch: count,
        samples: count,
        unplaced: count,
        next: count.nullable(),
        rows: z
            .array(z.object({ chain: z.array(address).max(callerChainLength), samples: count, bytes }))
            .max(callersPageRows),
    }),
    locate: z
        .array(z.object({ module: line.nullable(), offset: count, function: line.nullable(), into: count }))
        .max(locatedAtOnce),
    gameState: z.object({ frames: count, loading: z.boolean().nullable() }),
    leaveWork: count,
    workState: z.enum(["waiting", "running", "done", "failed", "gone"]),
    cancelWork: z.boolean(),
    log: z.null(),
    watchExceptions: z.null(),
};
