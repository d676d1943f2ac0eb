import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { isOfFile, type Mapping, parseMemoryMap } from "../../../host/process/memory-map.js";
import { threadsOf } from "../../fixtures/support/thread-states.js";

/** What a process takes of the system, as Linux reports it. */
export interface Footprint {
    /** Name of each thread, by its id. */
    readonly threads: ReadonlyMap<string, string>;
    readonly mappings: readonly PrivateMapping[];
    /** What each open descriptor refers to, by its number. */
    readonly descriptors: ReadonlyMap<string, string>;
}

export interface PrivateMapping extends Mapping {
    /** Bytes that no other process shares: written to, in memory or swapped out. */
    readonly privateBytes: number;
}

/** A range of addresses: the first one, and the one after the last. */
export interface Range {
    readonly start: number;
    readonly end: number;
}

export function footprintOf(pid: number): Footprint {
    return {
        threads: threadNamesOf(pid),
        mappings: mappingsOf(pid),
        descriptors: descriptorsOf(pid),
    };
}

/** Names of the threads of a process, by id. */
export function threadNamesOf(pid: number): Map<string, string> {
    return new Map(threadsOf(pid).map((id) => [id, nameOf(pid, id)]));
}

/** Threads and mappings that have Frida's names, in words. */
export function namesOfFrida(threads: Iterable<string>, mappings: readonly Mapping[]): string[] {
    return [
        ...[...threads].filter((name) => threadOfFrida.test(name)).map((name) => `thread ${name}`),
        ...mappings.filter(({ name }) => mappingOfFrida.test(name)).map(({ name }) => `mapping ${name}`),
    ];
}

/** Files that are mapped into a process, its libraries among them. */
export function mappedFiles(mappings: readonly Mapping[]): string[] {
    return [...new Set(mappings.filter(isOfFile).map(({ name }) => name))].sort();
}

/** Bytes of private memory outside some ranges. Of a mapping that only partly lies in them: at most what is outside. */
export function privateBytesBeside(mappings: readonly PrivateMapping[], ranges: readonly Range[]): number {
    return sum(mappings.map((mapping) => Math.min(mapping.privateBytes, bytesOutside(mapping, ranges))));
}

/** Bytes of address space outside some ranges. */
export function addressSpaceBeside(mappings: readonly Mapping[], ranges: readonly Range[]): number {
    return sum(mappings.map((mapping) => bytesOutside(mapping, ranges)));
}

/** How often some threads are put to sleep or displaced, per second; those that end meanwhile do not count. */
export async function switchesPerSecond(
    pid: number,
    threads: readonly string[],
    milliseconds: number,
): Promise<number> {
    const before = new Map(threads.map((thread) => [thread, contextSwitchesOf(pid, thread)]));
    await pause(milliseconds);
    const made = [...before].map(([thread, count]) => (contextSwitchesOf(pid, thread) ?? count ?? 0) - (count ?? 0));
    return sum(made) / (milliseconds / 1000);
}

const threadOfFrida = /frida|gum-js|^gmain|^gdbus|^pool-|idun/i;
const mappingOfFrida = /frida|gum-js|idun/i;

/** Null if it has ended. */
function contextSwitchesOf(pid: number, thread: string): number | null {
    try {
        const status = readFileSync(`/proc/${pid}/task/${thread}/status`, "utf8");
        return sum([...status.matchAll(/^(?:non)?voluntary_ctxt_switches:\s+(\d+)$/gm)].map(([, n]) => Number(n)));
    } catch {
        return null;
    }
}

function nameOf(pid: number, thread: string): string {
    try {
        return readFileSync(`/proc/${pid}/task/${thread}/comm`, "utf8").trimEnd();
    } catch {
        return ""; // it has just ended
    }
}

function mappingsOf(pid: number): PrivateMapping[] {
    const entries = readFileSync(`/proc/${pid}/smaps`, "utf8").split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
    return entries.flatMap((entry) => {
        const privateKb = [...entry.matchAll(/^(?:Private_Dirty|Swap):\s+(\d+) kB$/gm)].map(([, kb]) => Number(kb));
        return parseMemoryMap(entry).map((mapping) => ({ ...mapping, privateBytes: 1024 * sum(privateKb) }));
    });
}

function descriptorsOf(pid: number): Map<string, string> {
    const folder = `/proc/${pid}/fd`;
    return new Map(readdirSync(folder).map((number) => [number, readlinkSync(`${folder}/${number}`)]));
}

function bytesOutside({ start, end }: Range, ranges: readonly Range[]): number {
    const inside = ranges.map((range) => Math.max(0, Math.min(end, range.end) - Math.max(start, range.start)));
    return end - start - sum(inside);
}

function sum(numbers: readonly number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
}
