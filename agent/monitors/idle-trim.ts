import type { ControlBlock } from "../process/control-block.js";
import { readCounters } from "../process/snapshot-words.js";

const INTERVAL_MS = 1000;

/** Gives wholly free memory back whenever the pool has not grown for that many seconds. */
export function trimWhenIdle(control: ControlBlock, idleSeconds: number, log: (line: string) => void): void {
    if (idleSeconds === 0) return;
    let committed = 0;
    let still = 0;
    setInterval(() => {
        const { committed: now } = readCounters(control, "committed");
        still = now > committed ? 0 : still + 1;
        committed = now;
        if (still < idleSeconds) return;
        still = 0;
        const given = control.call("reset", "uint64", []);
        ({ committed } = readCounters(control, "committed"));
        if (given > 0) log(`idle for ${idleSeconds} s: ${(given / 1048576).toFixed(2)} MB given back`);
    }, INTERVAL_MS);
}
