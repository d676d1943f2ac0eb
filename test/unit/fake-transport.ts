import type { InstallReport } from "../../host/client/install.js";
import { PoolClient } from "../../host/client/pool-client.js";
import type { EndReason, Transport } from "../../host/client/transport.js";
import type { PoolOptions } from "../../host/config/pool-options.js";
import {
    snapshotBytes,
    snapshotBytesOffset,
    snapshotClassBytes,
    snapshotClassCountOffset,
    snapshotClassesOffset,
    snapshotClassLayout,
    snapshotLayout,
    snapshotVersion,
    snapshotVersionOffset,
    strategies,
} from "../../shared/layout.js";
import type { PoolStatistics } from "../../shared/pool-statistics.js";
import type { MainThreadWork } from "../../shared/protocol/main-thread.js";
import type { PoolFacts, SnapshotReply } from "../../shared/protocol/pool.js";
import type { PoolRequests } from "../../shared/protocol/requests.js";

export const statistics: PoolStatistics = {
    active: 1,
    strategy: "recycle",
    layers: ["crt"],
    pool_size: 1_073_741_824,
    pool_limit: 1_073_741_824,
    committed: 603_979_776,
    current_used: 510_897_684,
    peak_used: 537_342_771,
    pool_allocs: 45782,
    fallback_allocs: 12,
    total_frees: 31204,
    pool_frees_ignored: 31192,
    reallocs: 1523,
    foreign_frees: 3,
    corrupt_headers: 0,
    stray_pointers: 0,
    double_frees: 0,
    by_layer: { crt: { pool_allocs: 45782, fallback_allocs: 12 } },
    address_space: null,
    histogram: [
        { max_size: 16, live: 4, total: 9 },
        { max_size: 1024, live: 40, total: 44 },
        { max_size: 4096, live: 0, total: 7 },
        { max_size: 8192, live: 0, total: 0 },
    ],
};

/** How a program without a process answers each request. */
type Answers = {
    [Name in keyof PoolRequests]: (
        payload: PoolRequests[Name]["request"],
    ) => PoolRequests[Name]["response"] | Promise<PoolRequests[Name]["response"]>;
};

/** A transport without a process: answers from the constant above, and records what was requested. */
export class FakeTransport implements Transport {
    readonly engine = { kind: "wine" as const, version: "17.22.2" };
    readonly ended: Promise<EndReason>;
    readonly facts: PoolFacts = {
        pid: 4711,
        arch: "ia32",
        platform: "windows",
        program: "FalloutNV.exe",
        strategy: "recycle",
        layers: ["crt"],
        poolBytes: statistics.pool_limit,
        requestedBytes: 1536 * 1_048_576,
        hooked: true,
        logFile: "C:\\logs\\pool.log",
        game: "falloutnv-1.4.0.525",
        hasMainThreadQueue: true,
    };
    readonly install: InstallReport = {
        alreadyInstalled: false,
        stepDown: "the largest hole is 1100 MB",
        stalledMs: 12.34,
        runtimes: [{ module: "msvcrt.dll", functions: ["malloc", "free", "realloc"] }],
        patches: 0,
    };
    readonly logged: string[][] = [];
    readonly work: MainThreadWork[] = [];
    active = true;
    closed = 0;
    /** A test may replace each of them. */
    readonly answers: Answers = {
        find: () => this.facts,
        namesakes: () => [],
        snapshot: () => snapshotOf({ ...statistics, active: Number(this.active) }),
        setActive: (active) => (this.active = active),
        reset: () => 2_097_152,
        startSampler: (sampleInterval) => sampleInterval,
        readSampler: () => ({ sampleInterval: 0, epoch: 1, samples: 0, dropped: 0, next: null, rows: [] }),
        gameState: () => ({ frames: 0, loading: null }),
        queueWork: (work) => this.work.push(work),
        workState: () => "done",
        cancelWork: () => false,
        log: (lines) => (this.logged.push(lines), null),
        exceptions: () => ({ count: 0, recorded: [] }),
        modules: () => ({ modules: [], next: null }),
    };
    #end!: (reason: EndReason) => void;

    constructor() {
        this.ended = new Promise((resolve) => (this.#end = resolve));
    }

    async request(name: string, payload: unknown): Promise<unknown> {
        return this.answers[name as keyof Answers](payload as never);
    }

    /** The program ends. */
    end(reason: EndReason): void {
        this.#end(reason);
    }

    async close(): Promise<void> {
        this.closed++;
        this.#end("application-requested");
    }
}

/** A client of a program without a process. */
export function fakeClient(
    transport = new FakeTransport(),
    options?: Pick<PoolOptions, "printInGame" | "onProgress">,
): PoolClient {
    return new PoolClient(transport, transport, options);
}

/** Statistics as the C of the pool writes them. */
export function snapshotOf({ histogram, strategy, address_space, ...counters }: PoolStatistics): SnapshotReply {
    const bytes = new DataView(new ArrayBuffer(snapshotClassesOffset + histogram.length * snapshotClassBytes));
    bytes.setUint32(snapshotBytesOffset, snapshotBytes, true);
    bytes.setUint32(snapshotVersionOffset, snapshotVersion, true);
    bytes.setUint32(snapshotClassCountOffset, histogram.length, true);
    bytes.setBigUint64(snapshotLayout.strategy, BigInt(strategies[strategy]), true);
    for (const [name, value] of Object.entries(counters)) {
        if (typeof value === "number" && name in snapshotLayout) {
            bytes.setBigUint64(snapshotLayout[name as keyof typeof snapshotLayout], BigInt(value), true);
        }
    }
    for (const [index, row] of histogram.entries()) {
        for (const name of ["max_size", "live", "total"] as const) {
            bytes.setBigUint64(
                snapshotClassesOffset + snapshotClassBytes * index + snapshotClassLayout[name],
                BigInt(row[name]),
                true,
            );
        }
    }
    return { bytes: new Uint8Array(bytes.buffer), address_space };
}
