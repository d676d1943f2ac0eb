import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { attach } from "../../../host/client/open.js";
import type { PoolClient } from "../../../host/client/pool-client.js";
import type { PoolOptions } from "../../../host/config/pool-options.js";
import type { CompileTarget } from "../../fixtures/prepare/compile.js";
import { keptProgram } from "../../fixtures/prepare/kept-programs.js";
import { makeTarget, type Target, targetNames, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { growth } from "./expected-counters.js";

/** An allocator that stands before the C library's. */
interface Allocator {
    title: string;
    /** Source of a library to preload; null: none. */
    preload: string | null;
    flags?: string[];
    /** Linked into the program, too; exported, as the C library calls malloc. */
    linked?: string;
    /** `exchange`: what it hands out, the C library's own functions take back, and the other way round. */
    order: "exchange" | "keep";
}

const allocators: readonly Allocator[] = [
    { title: "no other allocator", preload: null, order: "exchange" },
    { title: "a preloaded wrapper", preload: "wrapper.c", order: "exchange" },
    {
        title: "a preloaded wrapper of malloc and free alone",
        preload: "wrapper.c",
        flags: ["-DONLY_MALLOC"],
        order: "exchange",
    },
    { title: "a preloaded allocator with headers of its own", preload: "header.c", order: "keep" },
    { title: "a preloaded allocator with a heap of its own", preload: "own_heap.c", order: "keep" },
    { title: "an allocator of its own", preload: null, linked: "own_heap.c", order: "keep" },
];

/** Blocks that are freed by one order of 20 rounds. */
const frees = 20 * 600;

for (const name of targetNames.filter((name): name is CompileTarget => name.startsWith("linux"))) {
    describe(
        `${name} programs in which another malloc is before the C library's`,
        { skip: whyNot(name) ?? false },
        () => {
            for (const allocator of allocators) {
                describe(allocator.title, () => {
                    let target: Target;
                    let library: string;
                    let preload: string;

                    before(async () => {
                        const linked =
                            allocator.linked === undefined ? [] : [sourceOf(allocator.linked), "-rdynamic", "-fno-lto"];
                        target = await makeTarget(name, { source: sourceOf("exchange.c"), flags: linked });
                        library = await makeLibrary(name, target, "library.c");
                        preload =
                            allocator.preload === null
                                ? ""
                                : await makeLibrary(name, target, allocator.preload, allocator.flags);
                    });
                    after(() => target.remove());

                    const start = (): Promise<Victim> =>
                        Victim.start({
                            victim: target.victim,
                            command: (program) => ({ file: program, args: [library], env: { LD_PRELOAD: preload } }),
                        });
                    const order = `${allocator.order} 20`;

                    it(`${name} with ${allocator.title}: a pool that is on, off and on again takes every block back`, () =>
                        withPool(start, {}, async (victim, client) => {
                            for (const isActive of [true, false, true]) {
                                await client.setMemoryPoolActive(isActive);
                                const before = await victim.numbers("counters");
                                assert.equal((await victim.numbers("drop"))["corruptions"], 0);
                                const middle = await victim.numbers("counters");
                                assert.equal(growth(before, middle)["total_frees"], 600, "frees of what was held");
                                assert.equal((await victim.numbers(order))["corruptions"], 0);
                                const grown = growth(middle, await victim.numbers("counters"));
                                await victim.order("hold");
                                assert.deepEqual(
                                    [grown["total_frees"], grown["foreign_frees"], grown["fallback_allocs"]],
                                    [frees, isActive ? 0 : frees, 0],
                                );
                                assert.equal(grown["pool_allocs"]! > 0, isActive);
                            }
                        }));

                    it(`${name} with ${allocator.title}: a full pool leaves the rest to what was there before`, () =>
                        withPool(start, { poolSizeMb: 16 }, async (victim) => {
                            assert.equal((await victim.numbers("drop"))["corruptions"], 0);
                            await victim.order("fill 40");
                            const before = await victim.numbers("counters");
                            assert.equal((await victim.numbers(order))["corruptions"], 0);
                            const grown = growth(before, await victim.numbers("counters"));
                            assert.equal(grown["total_frees"], frees);
                            assert.ok(grown["fallback_allocs"]! > 0, "some requests fell back");
                            assert.ok(grown["foreign_frees"]! > 0, "their blocks were freed");
                        }));
                });
            }
        },
    );
}

/** A program that holds blocks from before the pool; it must end well, with nothing wrong in its pool. */
async function withPool(
    start: () => Promise<Victim>,
    options: PoolOptions,
    work: (victim: Victim, client: PoolClient) => Promise<void>,
): Promise<void> {
    const victim = await start();
    try {
        await victim.order("hold");
        const client = await attach(victim.pid, options);
        try {
            await work(victim, client);
        } finally {
            await client.close();
        }
        const { corrupt_headers, double_frees, pool_frees_ignored } = await victim.numbers("counters");
        assert.deepEqual([corrupt_headers, double_frees, pool_frees_ignored], [0, 0, 0]);
        assert.equal(await victim.quit(), 0);
    } finally {
        victim.kill();
    }
}

function makeLibrary(name: CompileTarget, target: Target, source: string, flags: string[] = []): Promise<string> {
    return keptProgram(sourceOf(source), {
        target: name,
        flags: ["-fno-builtin", "-no-pie", "-shared", "-fPIC", ...flags],
        output: join(target.folder, source.replace(".c", ".so")),
    });
}

function sourceOf(file: string): string {
    return fileURLToPath(new URL(`../../../../test/fixtures/targets/overriding/${file}`, import.meta.url));
}
