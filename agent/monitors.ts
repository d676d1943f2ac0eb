/** Timers of the resident script that run for as long as the program lives, with or without a host. */
import { bytesPerMb, megabytes } from "../shared/bytes.js";
import { measureAddressSpace } from "./process/address-space.js";
import type { ControlBlock } from "./process/control-block.js";
import type { Log } from "./process/log.js";
import { readCounters } from "./process/snapshot-words.js";

/** Where the timers are started, so that a pool that is given up stops them. */
interface Timers {
    every(work: () => void, milliseconds: number): void;
}

/** Logs bursts of requests that the pool could not serve. Reads counters once a second; allocates nothing in the program. */
export function watchFallbacks(control: ControlBlock, regionBytes: number, log: Log, timers: Timers): void {
    let known = 0;
    timers.every(() => {
        const counters = readCounters(control, "fallback_allocs", "current_used", "pool_size");
        const { fallback_allocs, current_used, pool_size } = counters;
        if (fallback_allocs === known) return;
        const reserved = pool_size === regionBytes ? "" : `, ${megabytes(pool_size)} of them reserved`;
        log(
            `warning: ${fallback_allocs - known} requests fell back to the original within a second ` +
                `(${fallback_allocs} in total); the pool holds ${megabytes(current_used)} of ${megabytes(regionBytes)} MB${reserved}`,
        );
        known = fallback_allocs;
    }, secondMs);
}

/** Percent of the address space in use at which to warn; Crash Logger warns there, too. */
const addressSpaceMarks = [80, 92.5, 98] as const;
/** How far usage must fall below a mark, in percent, before the mark is logged again. */
const hysteresis = 2;

/** Warns in the log when a 32-bit program runs out of address space, whatever uses it. */
export function watchAddressSpace(control: ControlBlock, log: Log, timers: Timers): void {
    const space = measureAddressSpace();
    if (space === null || space.is_lower_bound) return; // a warning from a lower bound may be false
    let logged = 0;
    timers.every(() => {
        const { total, free, largest_hole } = measureAddressSpace()!;
        const used = (100 * (total - free)) / total;
        const reached = addressSpaceMarks.filter((mark) => used >= mark).at(-1) ?? 0;
        if (reached > logged) {
            const { pool_size, committed } = readCounters(control, "pool_size", "committed");
            const inMb = (bytes: number): string => `${Math.round(bytes / bytesPerMb)} MB`;
            log(
                `warning: ${used.toFixed(1)} % of the address space is in use (${inMb(free)} free, the largest hole ` +
                    `${inMb(largest_hole)}); the pool has ${inMb(pool_size)} of it, ${inMb(committed)} in use`,
            );
            logged = reached;
        } else if (logged > 0 && used < logged - hysteresis) {
            logged = reached;
        }
    }, 10 * secondMs);
}

/**
 * Stops a sampler that a host has started and, having died, did not stop. The C counts the calls of `tick` without a
 * read between them; see SAMPLER_IDLE_LIMIT in cmodule/pool/sampler.h.
 */
export function stopUnreadSampler(tick: NativePointer, log: Log, timers: Timers): void {
    const countTick = new NativeFunction(tick, "uint32", []);
    timers.every(() => {
        if (countTick() !== 0) log("sampling stopped: no reader for 30 s");
    }, 10 * secondMs);
}

/** Returns wholly free memory to the system when the pool has not grown for `idleSeconds`; 0: never. */
export function trimWhenIdle(control: ControlBlock, idleSeconds: number, log: Log, timers: Timers): void {
    if (idleSeconds === 0) return;
    let committed = 0;
    let idle = 0;
    timers.every(() => {
        const { committed: now } = readCounters(control, "committed");
        idle = now > committed ? 0 : idle + 1;
        committed = now;
        if (idle < idleSeconds) return;
        idle = 0;
        const returned = control.call("reset", "uint64", []);
        ({ committed } = readCounters(control, "committed"));
        if (returned > 0) log(`idle for ${idleSeconds} s: ${megabytes(returned)} MB returned`);
    }, secondMs);
}

const secondMs = 1000;
