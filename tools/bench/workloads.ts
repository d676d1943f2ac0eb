/** A workload of the measured program; its exact definition is in `programs/`. */
export interface Workload {
    readonly name: WorkloadName;
    readonly title: string;
    /** What one operation is. */
    readonly unit: string;
    /** How many of them a run has, of all threads together. */
    readonly operations: number;
    /** The same in a run that only shows that everything works. */
    readonly quickOperations: number;
    readonly threads: number;
    /** Takes seconds: repeated three times at most. */
    readonly isHeavy: boolean;
    /** Each run needs a program that has never allocated before. */
    readonly needsFreshProgram: boolean;
    /** Kept out of the comparison with the CRT and the peers: it only serves a figure of its own. */
    readonly isAuxiliary: boolean;
    /** The workload whose single calls are timed in this one, after a pass that is not; null: the time of the whole is taken. */
    readonly latencyOf: WorkloadName | null;
}

export type WorkloadName =
    | "churn"
    | "realloc"
    | "mix"
    | "mix4"
    | "growth"
    | "startup"
    | "live5m"
    | "latencychurn"
    | "latency1"
    | "latency4"
    | "scale1"
    | "scale2";

const usual = { threads: 1, isHeavy: false, needsFreshProgram: false, isAuxiliary: false, latencyOf: null };

export const workloads: readonly Workload[] = [
    {
        ...usual,
        name: "churn",
        title: "slot churn, 16 to 527 bytes",
        unit: "free and malloc",
        operations: 2_000_000,
        quickOperations: 200_000,
    },
    {
        ...usual,
        name: "realloc",
        title: "realloc churn, 16 to 1039 bytes",
        unit: "realloc",
        operations: 2_000_000,
        quickOperations: 200_000,
    },
    {
        ...usual,
        name: "mix",
        title: "game-like mix",
        unit: "malloc and free",
        operations: 1_000_000,
        quickOperations: 150_000,
    },
    {
        ...usual,
        name: "mix4",
        title: "game-like mix, 4 threads",
        unit: "malloc and free",
        operations: 800_000,
        quickOperations: 200_000,
        threads: 4,
    },
    {
        ...usual,
        name: "growth",
        title: "string growth by 16 bytes",
        unit: "realloc",
        operations: 2_000_000,
        quickOperations: 200_000,
    },
    {
        ...usual,
        name: "startup",
        title: "start-up, 2 million blocks",
        unit: "malloc",
        operations: 2_000_000,
        quickOperations: 100_000,
        needsFreshProgram: true,
        isHeavy: true,
    },
    {
        ...usual,
        name: "live5m",
        title: "5 million live blocks",
        unit: "malloc and free",
        operations: 10_000_000,
        quickOperations: 200_000,
        isHeavy: true,
    },
    {
        ...usual,
        name: "latencychurn",
        title: "slot churn, 16 to 527 bytes",
        unit: "free and malloc",
        operations: 2_000_000,
        quickOperations: 200_000,
        latencyOf: "churn",
    },
    {
        ...usual,
        name: "latency1",
        title: "game-like mix",
        unit: "malloc and free",
        operations: 1_000_000,
        quickOperations: 150_000,
        latencyOf: "mix",
    },
    {
        ...usual,
        name: "latency4",
        title: "game-like mix, 4 threads",
        unit: "malloc and free",
        operations: 800_000,
        quickOperations: 200_000,
        threads: 4,
        latencyOf: "mix4",
    },
    {
        ...usual,
        name: "scale1",
        title: "slot churn in one thread",
        unit: "free and malloc",
        operations: 20_000_000,
        quickOperations: 200_000,
        isAuxiliary: true,
    },
    {
        ...usual,
        name: "scale2",
        title: "slot churn in two threads",
        unit: "free and malloc",
        operations: 20_000_000,
        quickOperations: 200_000,
        threads: 2,
        isAuxiliary: true,
    },
];

/** Those whose times are compared with the CRT's and the peers'. */
export const comparedWorkloads: readonly Workload[] = workloads.filter(
    ({ isAuxiliary, latencyOf }) => !isAuxiliary && latencyOf === null,
);

export const workloadNames: readonly WorkloadName[] = workloads.map(({ name }) => name);
