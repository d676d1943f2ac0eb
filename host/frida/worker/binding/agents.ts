import { type Mapping, readMemoryMap } from "../../../process/memory-map.js";
import type { SystemSession } from "./system-session.js";

/** Number of Frida's agents in a program: files of that name which it has loaded. 0 if it can't be inspected. */
export async function countAgents(pid: number, { calls }: SystemSession): Promise<number> {
    const agents =
        process.platform === "win32"
            ? (await calls.modulesOf(pid)).filter((path) => /frida-agent[^\\/]*$/i.test(path))
            : agentMappings(pid).map(({ inode }) => inode); // all agents have the same name
    return new Set(agents).size;
}

/**
 * Whether agents that a killed worker left behind are harmless to the next one: only in 32-bit Linux programs
 * (`python/poolnv_worker/agents.py`).
 */
export function agentsMayRemain(pid: number): boolean {
    return process.platform === "linux" && agentMappings(pid).every(({ name }) => name.includes("frida-agent-32"));
}

function agentMappings(pid: number): Mapping[] {
    return (readMemoryMap(pid) ?? []).filter(({ name }) => /frida-agent[^/]*$/.test(name));
}
