import type { Strategy } from "../../shared/protocol/install.js";
import type { Platform } from "./platform.js";
import type { Workload } from "./workloads.js";

/** Allocators of others, by the names that their authors use. */
export const peerNames = ["mimalloc", "jemalloc", "tcmalloc", "rpmalloc"] as const;

export type PeerName = (typeof peerNames)[number];

/** How a allocator comes to serve the program. */
export type Means =
    /** The C runtime, as it is. */
    | { kind: "runtime" }
    | { kind: "pool"; strategy: Strategy }
    /** Functions of the program that return at once: the lower bound of any allocator. */
    | { kind: "baseline" }
    /** By LD_PRELOAD on Linux, as a DLL that the program calls on Windows. */
    | { kind: "peer"; peer: PeerName };

export interface Allocator {
    readonly name: AllocatorName;
    readonly title: string;
    readonly means: Means;
    readonly targets: readonly Platform[];
}

export type AllocatorName = "crt" | "recycle" | "bump" | "baseline" | PeerName;

const everywhere: readonly Platform[] = ["linux-x64", "linux-i386", "win32"];
const linux: readonly Platform[] = ["linux-x64", "linux-i386"];

export const allocators: readonly Allocator[] = [
    { name: "crt", title: "CRT", means: { kind: "runtime" }, targets: everywhere },
    {
        name: "recycle",
        title: "poolnv recycle",
        means: { kind: "pool", strategy: "recycle" },
        targets: everywhere,
    },
    { name: "bump", title: "poolnv bump", means: { kind: "pool", strategy: "bump" }, targets: everywhere },
    { name: "baseline", title: "empty", means: { kind: "baseline" }, targets: everywhere },
    { name: "mimalloc", title: "mimalloc", means: { kind: "peer", peer: "mimalloc" }, targets: everywhere },
    { name: "jemalloc", title: "jemalloc", means: { kind: "peer", peer: "jemalloc" }, targets: linux },
    { name: "tcmalloc", title: "tcmalloc", means: { kind: "peer", peer: "tcmalloc" }, targets: linux },
    { name: "rpmalloc", title: "rpmalloc", means: { kind: "peer", peer: "rpmalloc" }, targets: ["win32"] },
];

export const allocatorNames: readonly AllocatorName[] = allocators.map(({ name }) => name);

export function allocatorNamed(name: AllocatorName): Allocator {
    return allocators.find((allocator) => allocator.name === name)!;
}

export function isPeer(name: string | null): name is PeerName {
    return (peerNames as readonly (string | null)[]).includes(name);
}

/** Whether an allocator is measured on a workload. */
export function isMeasured({ means, name }: Allocator, workload: Workload): boolean {
    // Its threads would all write to the same bytes.
    if (means.kind === "baseline") return workload.threads === 1 && !workload.isAuxiliary;
    if (workload.isAuxiliary) return name !== "bump";
    return true;
}
