/**
 * The program of `poolnv demo` on a machine without a C compiler: Node works with buffers and JSON.
 *
 *   node demo-target.mjs RESULT STOP
 *
 * Writes its measurement to RESULT when the work is done, then holds its live blocks until the file STOP exists, for a minute
 * at most. Exit code 1: the contents of a block have changed.
 */
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

const operations = 3_000_000;
const slotCount = 4096;
const waitMs = 60_000;

const [result, stop] = process.argv.slice(2);
const slots = new Array(slotCount).fill(null);
const counts = { allocations: 0, frees: 0, damaged: 0 };
let seed = 0x9e3779b9;

const begun = process.hrtime.bigint();
for (let i = 0; i < operations; i++) {
    step(i);
}
writeResult(Number(process.hrtime.bigint() - begun));
for (let waited = 0; waited < waitMs && !existsSync(stop); waited += 20) {
    await pause(20);
}
process.exitCode = slots.every(isIntact) && counts.damaged === 0 ? 0 : 1;

/** One operation: allocates a block in an empty slot, or drops the block of a full one; sometimes also parses JSON. */
function step(index) {
    const slot = random() % slotCount;
    if (slots[slot] === null) {
        slots[slot] = Buffer.allocUnsafeSlow(gameLikeSize());
        slots[slot].fill(slots[slot].length & 0xff);
        counts.allocations++;
    } else {
        counts.damaged += isIntact(slots[slot]) ? 0 : 1;
        slots[slot] = null;
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

/** xorshift32 with a fixed seed: every run does the same work. */
function random() {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return seed >>> 0;
}

/** Renames a complete file, so that a reader never sees a part of it. */
function writeResult(nanoseconds) {
    const document = {
        threads: 1,
        operations,
        ns_per_operation: nanoseconds / operations,
        peak_memory: process.resourceUsage().maxRSS * 1024,
        ...counts,
        reallocations: 0,
    };
    writeFileSync(`${result}.draft`, JSON.stringify(document));
    renameSync(`${result}.draft`, result);
}
