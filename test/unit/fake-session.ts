import type { CallersPage, CodePlace, MainThreadWork, GameState, WorkState } from "../../shared/protocol.js";
import type { PoolSession } from "../../host/client/pool-session.js";
import type { PoolStatistics } from "../../host/client/pool-statistics.js";

export const statistics: PoolStatistics = {
    active: 1,
    strategy: "recycle",
    layers: ["crt"],
    pool_size: 1_610_612_736,
    pool_limit: 1_610_612_736,
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

/** A session without a process: answers from the constant above and remembers what was asked of it. */
export class FakeSession implements PoolSession {
    readonly facts = {
        pid: 4711,
        arch: "ia32",
        platform: "windows",
        program: "FalloutNV.exe",
        strategy: "recycle" as const,
        layers: ["crt" as const],
        poolBytes: 1024 * 1_048_576,
        requestedBytes: 1536 * 1_048_576,
        armed: true,
        logFile: "C:\\logs\\pool.log",
        game: "falloutnv-1.4.0.525",
        hasMainThreadQueue: true,
    };
    readonly install = {
        alreadyInstalled: false,
        stepDown: "the largest hole is 1100 MB" as string | null,
        stalledMs: 12.34 as number | null,
        runtimes: [{ module: "msvcrt.dll", functions: ["malloc", "free", "realloc"] }],
        patches: 0,
    };
    readonly engine = { kind: "wine", version: "17.22.2" };
    readonly ended: Promise<{ reason: string | null }>;
    readonly logged: string[][] = [];
    readonly work: MainThreadWork[] = [];
    active = true;
    closed = 0;
    #end!: (end: { reason: string | null }) => void;

    constructor() {
        this.ended = new Promise((resolve) => (this.#end = resolve));
    }

    /** What happens when the program dies. */
    die(reason: string): void {
        this.#end({ reason });
    }

    async statistics(): Promise<PoolStatistics> {
        return { ...statistics, active: Number(this.active) };
    }

    async setActive(active: boolean): Promise<boolean> {
        this.active = active;
        return active;
    }

    async reset(): Promise<number> {
        return 2_097_152;
    }

    async sampleCallers(oneIn: number): Promise<number> {
        return oneIn;
    }

    async callers(): Promise<CallersPage> {
        return { oneIn: 0, epoch: 1, samples: 0, unplaced: 0, next: null, rows: [] };
    }

    async locate(): Promise<CodePlace[]> {
        return [];
    }

    async gameState(): Promise<GameState> {
        return { frames: 0, loading: null };
    }

    async leaveWork(work: MainThreadWork): Promise<number> {
        return this.work.push(work);
    }

    async watchExceptions(): Promise<void> {}

    async workState(): Promise<WorkState> {
        return "done";
    }

    async cancelWork(): Promise<boolean> {
        return false;
    }

    async log(lines: string[]): Promise<void> {
        this.logged.push(lines);
    }

    async close(): Promise<void> {
        this.closed++;
        this.#end({ reason: null });
    }
}
