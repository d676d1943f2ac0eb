import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { attach } from "../../../host/client/open.js";
import { cacheBytes32, cacheBytes64, cacheCount, cachesOffset } from "../../../shared/layout.js";
import { makeTarget, type Target, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { poolOf, ProcessMemory } from "../../safety/after-frida/pool-of.js";

const source = fileURLToPath(new URL("../../../../test/fixtures/targets/ended_threads.c", import.meta.url));

/** The C library clears a thread's slot at its end, and then frees some more. */
for (const [name, cacheBytes] of [
    ["linux-x64", cacheBytes64],
    ["linux-i386", cacheBytes32],
] as const) {
    describe(`a ${name} program whose threads end`, { skip: whyNot(name) ?? false }, () => {
        let target: Target;

        before(async () => {
            target = await makeTarget(name, { source, flags: ["-pthread"] });
        });
        after(() => target.remove());

        it(`${name}: threads that end one after another leave their cache to the next`, async () => {
            const victim = await Victim.start(target);
            try {
                const client = await attach(victim.processName);
                await victim.numbers("threads 1");
                const first = cachesUsed(victim.pid, cacheBytes);
                const before = await victim.numbers("counters");
                const { ended } = await victim.numbers("threads 300");
                assert.equal(ended, 300);
                const counters = await victim.numbers("counters");
                assert.ok(counters["pool_allocs"]! - before["pool_allocs"]! >= 300, "the pool serves them");
                assert.equal(cachesUsed(victim.pid, cacheBytes), first, "no thread needs another cache");
                await client.close();
            } finally {
                victim.kill();
            }
        });
    });
}

/** Caches that were set up for a thread, of which four are the pool's own. */
function cachesUsed(pid: number, cacheBytes: number): number {
    const { tables } = poolOf(pid);
    const memory = new ProcessMemory(pid);
    let used = 0;
    for (let index = 4; index < cacheCount; index++) {
        const magazines = memory.read(tables.start + cachesOffset + index * cacheBytes, 4096);
        assert.ok(magazines !== null);
        if (magazines.some((byte) => byte !== 0)) used++;
    }
    memory.close();
    return used;
}
