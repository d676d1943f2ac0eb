/** The contract between the host and the agent of the benchmark, which no program but the benchmark's own ever meets. */
export interface BenchRequests {
    /** Replaces the functions at these addresses by empty ones: the least that any hook costs. */
    emptyFloor: { request: Record<"malloc" | "free" | "realloc", number>; response: null };
    /** Leads the functions of the living pool through `Interceptor.replace`; returns the names of those it led so. */
    replaceThrough: { request: null; response: string[] };
}
