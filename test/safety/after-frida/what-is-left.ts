import { setTimeout as pause } from "node:timers/promises";
import type { Victim } from "../../fixtures/support/victim.js";
import {
    addressSpaceBeside,
    type Footprint,
    footprintOf,
    mappedFiles,
    namesOfFrida,
    privateBytesBeside,
    switchesPerSecond,
} from "./footprint.js";
import { poolOf } from "./pool-of.js";

const mb = 1_048_576;

/** How long wake-ups are counted, in milliseconds. */
const watchedMs = 10_000;
const stretches = 3;

/** Fewer are not measured again. */
const quietPerSecond = 1;

/** How long a thread that was joined may still be seen, in milliseconds. */
const endingMs = 500;

/** A program without a pool. */
export interface Before {
    readonly footprint: Footprint;
    /** Bytes of addresses that a Windows program could still reserve; of others null. */
    readonly spaceBytes: number | null;
}

/** What a program has kept of an installation. */
export interface Left {
    /** Threads and mappings that have Frida's names. */
    readonly namesOfFrida: readonly string[];
    /** Names of new threads. */
    readonly threads: readonly string[];
    /** Mapped files that were not mapped before. */
    readonly files: readonly string[];
    /** New descriptors, with what they refer to. */
    readonly descriptors: readonly string[];
    /** Descriptors of before that refer to something else. */
    readonly changedDescriptors: readonly string[];
    /** More private memory, beside the pool and its tables. */
    readonly privateBytes: number;
    /** More address space, beside the pool and its tables. */
    readonly addressSpaceBytes: number;
    /** Wake-ups of new threads, per second, while no host asks. */
    readonly wakeUps: number;
}

export async function beforeInstallation(victim: Victim): Promise<Before> {
    await endThread(victim);
    const spaceBytes = await spaceLeft(victim); // first: Wine keeps its notes on what was reserved
    return { footprint: footprintOf(victim.pid), spaceBytes };
}

/** What differs from before; takes ten seconds. */
export async function whatIsLeft(victim: Victim, { footprint: before, spaceBytes }: Before): Promise<Left> {
    const { pid } = victim;
    await endThread(victim);
    const after = footprintOf(pid);
    const { region, tables } = poolOf(pid);
    const added = [...after.threads.keys()].filter((thread) => !before.threads.has(thread));
    const newDescriptors = [...after.descriptors].filter(([number]) => !before.descriptors.has(number));
    const growthOf = (bytesBeside: typeof privateBytesBeside | typeof addressSpaceBeside): number =>
        bytesBeside(after.mappings, [region, tables]) - bytesBeside(before.mappings, []);
    const spaceNow = await spaceLeft(victim);
    const ownBytes = region.end - region.start + tables.end - tables.start;
    return {
        namesOfFrida: namesOfFrida(after.threads.values(), after.mappings),
        threads: added.map((thread) => after.threads.get(thread)!),
        files: mappedFiles(after.mappings).filter((file) => !mappedFiles(before.mappings).includes(file)),
        descriptors: newDescriptors.map(([number, target]) => `${number} to ${target}`),
        changedDescriptors: [...before.descriptors]
            .filter(([number, target]) => after.descriptors.get(number) !== target)
            .map(([number, target]) => `${number} to ${target}, then to ${after.descriptors.get(number) ?? "nothing"}`),
        privateBytes: growthOf(privateBytesBeside),
        addressSpaceBytes:
            spaceBytes === null || spaceNow === null ? growthOf(addressSpaceBeside) : spaceBytes - spaceNow - ownBytes,
        wakeUps: await wakeUpsPerSecond(pid, added),
    };
}

/** Of a few stretches the quietest: all pools of a user have one mailbox folder, so a request to any other wakes this one. */
async function wakeUpsPerSecond(pid: number, threads: readonly string[]): Promise<number> {
    let least = Infinity;
    for (let stretch = 0; stretch < stretches && least >= quietPerSecond; stretch++) {
        least = Math.min(least, await switchesPerSecond(pid, threads, watchedMs));
    }
    return least;
}

/** Wine keeps the stack of the last thread that has ended, whosever, until the next one ends. */
async function endThread(victim: Victim): Promise<void> {
    await victim.order("relay 1 100 1");
    await pause(endingMs); // its task is there for a moment after it was joined
}

/** What Wine holds free for Windows is mapped as well, so a Windows program has to find out by itself. */
async function spaceLeft(victim: Victim): Promise<number | null> {
    if (!victim.processName.endsWith(".exe")) return null;
    const { megabytes } = await victim.numbers("hoard");
    await victim.order("unhoard");
    return megabytes! * mb;
}
