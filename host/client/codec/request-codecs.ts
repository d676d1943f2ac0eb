import {
    controlBytes,
    mailboxDataBytes,
    mainThreadOps,
    mainThreadStates,
    residentExceptionLimit,
    residentExceptions,
    residentExceptionsLayout,
    residentGameStateLayout,
    residentLoading,
    residentModuleHeadBytes,
    residentModuleLayout,
    residentModulesHeadBytes,
    residentModulesLayout,
    residentRequests,
    residentSeenBytes,
    residentSeenLayout,
    residentSnapshotLayout,
    residentTextBytes,
    residentWorkBytes,
    residentWorkLayout,
    samplerDepth,
    samplerPageLayout,
    samplerPageRows,
    samplerRowBytes,
    samplerRowLayout,
} from "../../../shared/layout.js";
import { printable } from "../../../shared/printable.js";
import type { PoolRequests } from "../../../shared/protocol/requests.js";
import type { SampledCaller } from "../../../shared/protocol/sampling.js";
import { AgentRefusal } from "../../frida/engine.js";
import { forgedPool } from "../replies.js";
import type { DataReader } from "./data-reader.js";
import { factsOf } from "./facts-of-control.js";

/** How one request is posted, and how its answer is read. */
export interface RequestCodec<Name extends keyof PoolRequests = keyof PoolRequests> {
    /** Of `residentRequests`. */
    readonly code: number;
    /** The data of each post: more than one if one slot does not hold it. */
    encode(payload: PoolRequests[Name]["request"]): Buffer[];
    /** The reply, from the answer to the last post. It is not validated yet. */
    decode(data: DataReader, payload: PoolRequests[Name]["request"]): unknown;
}

export const requestCodecs: { readonly [Name in keyof PoolRequests]: RequestCodec<Name> } = {
    find: {
        code: residentRequests.FACTS,
        encode: () => [noData],
        decode: (data) => factsOf(data.slice(0, controlBytes)),
    },
    namesakes: {
        code: residentRequests.NAMESAKES,
        encode: () => [noData],
        decode: (data) => Array.from({ length: Math.floor(data.bytes / 4) }, (_, index) => data.u32(4 * index)),
    },
    snapshot: {
        code: residentRequests.SNAPSHOT,
        encode: () => [noData],
        decode: (data) => ({
            bytes: Uint8Array.from(data.from(residentSnapshotLayout.pool)),
            address_space: data.u32(residentSnapshotLayout.has_space) === 0 ? null : readAddressSpace(data),
        }),
    },
    setActive: {
        code: residentRequests.SET_ACTIVE,
        encode: (active) => [u32(active ? 1 : 0)],
        decode: (data) => flag(data.u32(0)),
    },
    reset: { code: residentRequests.RESET, encode: () => [noData], decode: (data) => data.u64(0) },
    startSampler: {
        code: residentRequests.START_SAMPLER,
        encode: (sampleInterval) => [u32(sampleInterval)],
        decode: (data) => data.u32(0),
    },
    readSampler: { code: residentRequests.READ_SAMPLER, encode: (from) => [u32(from)], decode: readSamplerPage },
    gameState: {
        code: residentRequests.GAME_STATE,
        encode: () => [noData],
        decode: (data) => ({
            frames: data.u32(residentGameStateLayout.frames),
            loading: loadingOf(data.u32(residentGameStateLayout.loading)),
        }),
    },
    queueWork: {
        code: residentRequests.MAIN_THREAD,
        encode: ({ kind, text }) => [work(mainThreadOps[kind], 0, text)],
        decode: (data) => {
            const ticket = data.u32(0);
            if (ticket === 0) throw queueFull();
            return ticket;
        },
    },
    workState: {
        code: residentRequests.MAIN_THREAD,
        encode: (ticket) => [work(mainThreadOps.state, ticket)],
        decode: (data) => nameOf(mainThreadStates, data.u32(0)) ?? "gone",
    },
    cancelWork: {
        code: residentRequests.MAIN_THREAD,
        encode: (ticket) => [work(mainThreadOps.cancel, ticket)],
        decode: (data) => data.u32(0) === 1,
    },
    log: { code: residentRequests.LOG, encode: logPieces, decode: () => null },
    exceptions: { code: residentRequests.EXCEPTIONS, encode: () => [u32(0)], decode: readExceptions },
    modules: { code: residentRequests.MODULES, encode: (first) => [u32(first)], decode: readModules },
};

const noData = Buffer.alloc(0);

function u32(value: number): Buffer {
    const data = Buffer.alloc(4);
    data.writeUInt32LE(value);
    return data;
}

function flag(value: number): boolean {
    if (value > 1) throw forgedPool(`sent ${value} for a state that is 0 or 1`);
    return value === 1;
}

function readAddressSpace(data: DataReader): object {
    const { space_total, space_free, largest_hole, is_lower_bound } = residentSnapshotLayout;
    return {
        total: data.u64(space_total),
        free: data.u64(space_free),
        largest_hole: data.u64(largest_hole),
        is_lower_bound: flag(data.u32(is_lower_bound)),
    };
}

function readSamplerPage(data: DataReader): object {
    const { sample_interval, epoch, samples, dropped, next, count, rows } = samplerPageLayout;
    return {
        sampleInterval: data.u32(sample_interval),
        epoch: data.u32(epoch),
        samples: data.u64(samples),
        dropped: data.u64(dropped),
        next: data.u32(next) || null,
        rows: Array.from({ length: Math.min(data.u32(count), samplerPageRows) }, (_, index) =>
            readSamplerRow(data, rows + index * samplerRowBytes),
        ),
    };
}

function readSamplerRow(data: DataReader, row: number): SampledCaller {
    const { chain, samples, bytes } = samplerRowLayout;
    const depths = Array.from({ length: samplerDepth }, (_, depth) => row + chain + 8 * depth);
    const end = depths.findIndex((offset) => data.u64(offset) === 0);
    return {
        chain: depths.slice(0, end < 0 ? samplerDepth : end).map((offset) => `0x${data.u64(offset).toString(16)}`),
        samples: data.u64(row + samples),
        bytes: data.u64(row + bytes),
    };
}

/** Null before the game has a save manager. */
function loadingOf(value: number): boolean | null {
    const name = nameOf(residentLoading, value);
    if (name === null) throw forgedPool(`sent the unknown state ${value} of loading`);
    return name === "noManager" ? null : name === "yes";
}

/** `struct ResidentWork`. Text that is too long is cut. */
function work(op: number, ticket: number, text = ""): Buffer {
    const data = Buffer.alloc(residentWorkBytes);
    data.writeUInt32LE(op, residentWorkLayout.op);
    data.writeUInt32LE(ticket, residentWorkLayout.ticket);
    data.write(text, residentWorkLayout.text, residentTextBytes - 1, "utf8");
    return data;
}

function queueFull(): AgentRefusal {
    return new AgentRefusal(
        "MAIN_THREAD_QUEUE_FULL",
        "the queue of the game's main thread is full: it runs no frames",
        undefined,
    );
}

/** Whole lines, as many as a slot holds; a longer line is cut. */
function logPieces(lines: readonly string[]): Buffer[] {
    const pieces: Buffer[] = [];
    let piece = noData;
    for (const line of lines.map(logLine)) {
        if (piece.length + line.length > mailboxDataBytes) {
            pieces.push(piece);
            piece = noData;
        }
        piece = Buffer.concat([piece, line]);
    }
    return piece.length === 0 ? pieces : [...pieces, piece];
}

function logLine(line: string): Buffer {
    const end = Buffer.from("\n");
    const buffer = Buffer.alloc(mailboxDataBytes - end.length);
    const length = buffer.write(printable(line), "utf8"); // cuts no character in two
    return Buffer.concat([buffer.subarray(0, length), end]);
}

function readExceptions(data: DataReader): object {
    const { count, seen } = residentExceptionsLayout;
    const raised = data.u32(count);
    return {
        count: raised,
        recorded: Array.from({ length: Math.min(raised, residentExceptionLimit) }, (_, index) => {
            const at = seen + index * residentSeenBytes;
            const kind = data.u32(at + residentSeenLayout.kind);
            const type = nameOf(residentExceptions, kind);
            if (type === null) throw forgedPool(`sent the unknown kind of exception ${kind}`);
            return { type, address: data.address(at + residentSeenLayout.address) };
        }),
    };
}

function readModules(data: DataReader): object {
    const count = data.u32(residentModulesLayout.count);
    const modules: object[] = [];
    let at = residentModulesHeadBytes;
    for (let index = 0; index < count; index++) {
        const pathBytes = data.u32(at + residentModuleLayout.path_bytes);
        modules.push({
            base: data.u64(at + residentModuleLayout.base),
            bytes: data.u32(at + residentModuleLayout.bytes),
            path: data.slice(at + residentModuleHeadBytes, pathBytes).toString("utf8"),
        });
        at += residentModuleHeadBytes + Math.ceil(pathBytes / 8) * 8;
    }
    return { modules, next: data.u32(residentModulesLayout.next) || null };
}

function nameOf<Name extends string>(numbers: Record<Name, number>, number: number): Name | null {
    return (Object.keys(numbers) as Name[]).find((name) => numbers[name] === number) ?? null;
}
