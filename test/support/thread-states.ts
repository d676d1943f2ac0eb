import { readdirSync, readFileSync } from "node:fs";

/** What the threads of a process are at, in words: `3 of S (sleeping) in futex_wait_queue, 5 of T (stopped) in …`. */
export function threadStates(pid: number): string {
    const counts = new Map<string, number>();
    for (const thread of threadsOf(pid)) {
        const state = `${stateOf(pid, thread)} in ${read(pid, thread, "wchan") || "?"}`;
        counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    return [...counts].map(([state, count]) => `${count} of ${state}`).join(", ") || "it has no threads";
}

/** Ids of the threads of a process; none, where it has ended. */
export function threadsOf(pid: number): string[] {
    try {
        return readdirSync(`/proc/${pid}/task`);
    } catch {
        return [];
    }
}

/** The same of one thread; `gone`, where it has ended. */
export function stateOf(pid: number, thread: string): string {
    const status = read(pid, thread, "status");
    const tracer = /^TracerPid:\s+([1-9]\d*)$/m.exec(status)?.[1];
    const state = /^State:\s+(.+)$/m.exec(status)?.[1] ?? "gone";
    return tracer === undefined ? state : `${state}, traced by ${tracer},`;
}

function read(pid: number, thread: string, file: string): string {
    try {
        return readFileSync(`/proc/${pid}/task/${thread}/${file}`, "utf8");
    } catch {
        return "";
    }
}
