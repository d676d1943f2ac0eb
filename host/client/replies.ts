import { z } from "zod";
import {
    layerBits,
    mailboxDataBytes,
    regionLimit,
    residentExceptionLimit,
    residentExceptions,
    sampleIntervalMax,
    samplerDepth,
    samplerPageRows,
} from "../../shared/layout.js";
import type { Layer } from "../../shared/protocol/install.js";
import type { PoolRequests, ScriptRequests } from "../../shared/protocol/requests.js";
import { UserError } from "../errors.js";

type Schemas<Requests> = { [Name in keyof Requests]: z.ZodType<ResponseOf<Requests, Name>> };
type ResponseOf<Requests, Name extends keyof Requests> = Requests[Name] extends { response: infer Response }
    ? Response
    : never;

/**
 * Validates the reply of a living pool. A target is untrusted: every value that comes from it passes here first.
 *
 * @throws UserError FORGED_POOL
 */
export function checkReply<Name extends keyof PoolRequests>(
    name: Name,
    value: unknown,
): PoolRequests[Name]["response"] {
    const schemas: Schemas<PoolRequests> = poolReplies;
    return check(name, schemas[name] as z.ZodType<PoolRequests[Name]["response"]>, value);
}

/**
 * Validates the reply of the installer script.
 *
 * @throws UserError FORGED_POOL
 */
export function checkScriptReply<Name extends keyof ScriptRequests>(
    name: Name,
    value: unknown,
): ScriptRequests[Name]["response"] {
    const schemas: Schemas<ScriptRequests> = scriptReplies;
    return check(name, schemas[name] as z.ZodType<ScriptRequests[Name]["response"]>, value);
}

function check<Reply>(name: string, schema: z.ZodType<Reply>, value: unknown): Reply {
    const reply = schema.safeParse(value);
    if (reply.success) return reply.data;
    const { path, message } = reply.error.issues[0]!;
    throw forgedPool(`sent an invalid reply to "${name}" (${path.join(".") || "value"}: ${message})`);
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
const exceptionTypes = Object.keys(residentExceptions) as (keyof typeof residentExceptions)[];
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

const namesakes = z.array(count).max(1024);

/** More than a program has loaded in one page of a reply. */
const modulesAtMost = 256;

const poolReplies = {
    find: facts,
    namesakes,
    snapshot: z.object({ bytes: z.instanceof(Uint8Array), address_space: addressSpace }),
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
    gameState: z.object({ frames: count, loading: z.boolean().nullable() }),
    queueWork: count,
    workState: z.enum(["waiting", "running", "done", "failed", "gone"]),
    cancelWork: z.boolean(),
    log: z.null(),
    exceptions: z.object({
        count,
        recorded: z.array(z.object({ type: z.enum(exceptionTypes), address })).max(residentExceptionLimit),
    }),
    modules: z.object({
        modules: z.array(z.object({ base: count, bytes, path: line })).max(modulesAtMost),
        next: count.nullable(),
    }),
} satisfies Schemas<PoolRequests>;

const scriptReplies = {
    find: facts.nullable(),
    prepare: z.object({
        poolBytes: bytesOfPool,
        requestedBytes: bytes,
        stepDown: line.nullable(),
        runtimes: z.array(z.object({ module: line, profile: line, functions: z.array(line).max(64) })).max(16),
        patches: count,
        logFile: line.nullable(),
    }),
    writeHooks: z.object({ writtenNow: z.boolean(), stalledNs: bytes, threads: count, retries: count }),
    revive: z.null(),
    post: z.object({
        status: count,
        data: z
            .string()
            .max(2 * mailboxDataBytes)
            .regex(/^([0-9a-f]{2})*$/),
    }),
    namesakes,
} satisfies Schemas<ScriptRequests>;
