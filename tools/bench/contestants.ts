import type { Strategy } from "../../shared/protocol/install.js";
import type { TargetName } from "./target-kind.js";
import type { Workload } from "./workloads.js";

/** Allocators that are not ours, named as their authors do. */
export const peerNames = ["mimalloc", "jemalloc", "tcmalloc", "rpmalloc"] as const;

export type PeerName = (typeof peerNames)[number];

/** How a contestant comes to serve the program. */
export type Means =
    /** As it is. */
    | { kind: "plain" }
    | { kind: "pool"; strategy: Strategy }
    /** The recycling pool, but its functions are reached through `Interceptor.replace`. */
    | { kind: "interceptor" }
    /** Empty functions behind the cheapest hook there is. */
    | { kind: "floor" }
    /** By LD_PRELOAD on Linux, as a DLL that the program calls on Windows. */
    | { kind: "peer"; peer: PeerName };

export interface Contestant {
    readonly name: ContestantName;
    readonly title: string;
    readonly means: Means;
    readonly targets: readonly TargetName[];
}

export type ContestantName = "crt" | "recycle" | "bump" | "interceptor" | "floor" | PeerName;

const everywhere: readonly TargetName[] = ["linux-x64", "linux-i386", "win32"];
const linux: readonly TargetName[] = ["linux-x64", "linux-i386"];

export const contestants: readonly Contestant[] = [
    { name: "crt", title: "CRT", means: { kind: "plain" }, targets: everywhere },
    {
        name: "recycle",
        title: "poolnv recycle",
        means: { kind: "pool", strategy: "recycle" },
        targets: everywhere,
    },
    { name: "bump", title: "poolnv bump", means: { kind: "pool", strategy: "bump" }, targets: everywhere },
    { name: "interceptor", title: "poolnv by replace", means: { kind: "interceptor" }, targets: everywhere },
    { name: "floor", title: "empty", means: { kind: "floor" }, targets: everywhere },
    { name: "mimalloc", title: "mimalloc", means: { kind: "peer", peer: "mimalloc" }, targets: everywhere },
    { name: "jemalloc", title: "jemalloc", means: { kind: "peer", peer: "jemalloc" }, targets: linux },
    { name: "tcmalloc", title: "tcmalloc", means: { kind: "peer", peer: "tcmalloc" }, targets: linux },
    { name: "rpmalloc", title: "rpmalloc", means: { kind: "peer", peer: "rpmalloc" }, targets: ["win32"] },
];

export const contestantNames: readonly ContestantName[] = contestants.map(({ name }) => name);

export function contestantNamed(name: ContestantName): Contestant {
    return contestants.find((contestant) => contestant.name === name)!;
}

export function isPeer(name: ContestantName): name is PeerName {
    return (peerNames as readonly string[]).includes(name);
}

/** Whether a contestant does that work: what would say nothing, or take minutes to say little, is not measured. */
export function takesPart({ means, name }: Contestant, workload: Workload): boolean {
    // The threads would all write to the same bytes, which no allocator makes them do.
    if (means.kind === "floor") return workload.threads === 1 && !workload.isAuxiliary;
    if (means.kind === "interceptor") return ["churn", "realloc", "mix", "growth"].includes(workload.name);
    if (workload.isAuxiliary) return name !== "bump";
    return true;
}
