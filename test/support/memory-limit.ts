import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { readEnvironments } from "../prepare/environments.js";

/** What the system can be told to refuse: private memory that may be written, or any range of addresses. */
export type MemoryKind = "DATA" | "AS";

/**
 * Lets a running program have no more memory of a kind than it has now and so many bytes more, or lifts that limit with
 * null. Only the soft limit is set, so that no rights are needed to lift it.
 */
export async function limitMemory(pid: number, kind: MemoryKind, moreBytes: number | null): Promise<void> {
    const { python } = readEnvironments();
    if (!python.ready) throw new Error(python.reason);
    const soft = moreBytes === null ? -1 : bytesOf(pid, kind) + moreBytes;
    const code = `import resource; resource.prlimit(${pid}, resource.RLIMIT_${kind}, (${soft}, -1))`;
    await promisify(execFile)(python.python, ["-c", code]);
}

const rows: Record<MemoryKind, string> = { DATA: "VmData", AS: "VmSize" };

function bytesOf(pid: number, kind: MemoryKind): number {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kilobytes = new RegExp(`^${rows[kind]}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
    if (kilobytes === undefined) throw new Error(`the system does not tell how much memory process ${pid} has`);
    return Number(kilobytes) * 1024;
}
