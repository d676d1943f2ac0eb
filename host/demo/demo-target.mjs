/**
 * The program of `poolnv demo` on a machine without a C compiler: Node itself, kept busy with buffers and JSON.
 *
 *   node demo-target.mjs RESULT STOP
 *
 * Writes its own counts to RESULT when the work is done, then holds its live blocks until the file STOP appears, for a
 * minute at most. Exit code 1 means that a block did not hold what was written into it.
 */
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

const OPERATIONS = 3_000_000;
const SLOTS = 4096;
const WAIT_MS = 60_000;

const [result, stop] = process.argv.slice(2);
const slots = new Array(SLOTS).fill(null);
const counts = { allocations: 0, frees: 0, damaged: 0 };
let seed = 0x9e3779b9;

const begun = process.hrtime.bigint();
for (let i = 0; i < OPERATIONS; i++) {
    step(i);
}
writeResult(Number(process.hrtime.bigint() - begun));
for (let waited = 0; waited < WAIT_MS && !existsSync(stop); waited += 20) {
    await pause(20);
}
process.exitCode = slots.every(isIntact) && counts.damaged === 0 ? 0 : 1;

/** One operation: fill an empty place or give up what is in it; now and then a document goes through JSON. */
function step(index) {
    const place = random() % SLOTS;
    if (slots[place] === null) {
        slots[place] = Buffer.allocUnsafeSlow(gameLikeSize());
        slots[place].fill(slots[place].length & 0xff);
        counts.allocations++;
    } else {
        counts.damaged += isIntact(slots[place]) ? 0 : 1;
        slots[place] = null;
        counts.frees++;
    }
    if (index % 16 === 0) {
        JSON.parse(JSON.stringify({ index, name: "x".repeat(random() % 512) }));
    }
}

function isIntact(block) {
    return block === null || block[block.length - 1] === (block.length & 0xff);
}

/** 70 % 16 to 64 bytes, 20 % to 512, 8 % to 4 KB, 2 % to 256 KB. */
function gameLikeSize() {
    const chance = random() % 100;
    const [low, high] = chance < 70 ? [16, 64] : chance < 90 ? [64, 512] : chance < 98 ? [512, 4096] : [4096, 262144];
    return low + (random() % (high - low + 1));
}

/** xorshift32, so that each run does the same. */
function random() {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return seed >>> 0;
}

/** Written beside its place and moved there, so that a reader never sees half of it. */
function writeResult(nanoseconds) {
    const document = {
        threads: 1,
        operations: OPERATIONS,
        ns_per_operation: nanoseconds / OPERATIONS,
        peak_memory: process.resourceUsage().maxRSS * 1024,
        ...counts,
        reallocations: 0,
    };
    writeFileSync(`${result}.draft`, JSON.stringify(document));
    renameSync(`${result}.draft`, result);
}
