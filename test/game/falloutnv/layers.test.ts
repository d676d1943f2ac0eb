import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { attach } from "../../../host/client/open.js";
import type { PoolClient } from "../../../host/client/pool-client.js";
import { expect } from "../../../host/loadtest/scenario/expectations.js";
import type { Layer } from "../../../shared/protocol/install.js";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { whyNot, wineEnvironment } from "../../fixtures/support/targets.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { harms } from "../standin/harms.js";
import { withStandin } from "./stand-ins.js";

const selections: readonly Layer[][] = [["crt"], ["crt", "gameheap"], ["crt", "gameheap", "scrapheap"]];

describe("layers of the game, installed while it runs", { skip: whyNot("win32-ucrt") ?? false }, () => {
    Object.assign(process.env, wineEnvironment());

    for (const layers of selections) {
        it(`layers ${layers.join(", ")}: the pool serves every request, without corruption`, () =>
            withStandin({}, ["--cells", "200000"], async (standin) => {
                await standin.numbers("frames 100");
                const session = await attach(standin.pid, { layers });
                try {
                    assert.equal(session.facts.game, "falloutnv-1.4.0.525");
                    assert.deepEqual(session.facts.layers, layers);
                    await standin.numbers("frames 1000");
                    await assertUnharmed(standin);
                    await assertServed(session, layers);
                } finally {
                    await session.close();
                }
            }));
    }

    it("all layers with a pool in segments: the pool serves every request, without corruption", () =>
        withStandin({}, ["--cells", "200000"], async (standin) => {
            const session = await attach(standin.pid, { layers: selections.at(-1)!, reserve: "segments" });
            try {
                await standin.numbers("frames 1000");
                await assertUnharmed(standin);
                await assertServed(session, selections.at(-1)!);
                const { pool_size, committed } = await session.statistics();
                assert.ok(pool_size >= committed && pool_size < 1536 * 1_048_576, `${pool_size} bytes`);
                await assertSharesOfTheWhole(standin, session);
            } finally {
                await session.close();
            }
        }));

    it("blocks from before the installation are freed by the game's own heap", () =>
        withStandin({}, [], async (standin) => {
            assert.equal(await standin.order("hold 100000"), "taken=100000");
            const session = await attach(standin.pid);
            try {
                const before = await session.statistics();
                assert.ok((await standin.numbers("resize"))["resized"]! > 40_000);
                await standin.order("pause");
                assert.equal(await standin.order("drop"), "dropped=100000 corruptions=0");
                await assertUnharmed(standin);
                const after = await session.statistics();
                assert.ok(after.foreign_frees - before.foreign_frees >= 50_000);
            } finally {
                await session.close();
            }
        }));

    it("every hooked function works as before, also by its trampoline", () =>
        withStandin({}, [], async (standin) => {
            const session = await attach(standin.pid, { layers: ["crt", "gameheap", "scrapheap"] });
            const answer = await standin.numbers("trampolines");
            assert.equal(answer["failures"], 0);
            assert.equal(answer["passed"], answer["places"]);
            await session.close();
        }));
});

/** Checks the printed and the JSON output for a pool that has reserved a small part of its size. */
async function assertSharesOfTheWhole(standin: Victim, session: PoolClient): Promise<void> {
    const { pool_limit } = await session.statistics();
    assert.equal(pool_limit, session.facts.poolBytes);
    const env = wineEnvironment();
    const command = ["watch", String(standin.pid), "--count", "1"];
    const line = await poolnv(command, { env });
    assert.match(line.stdout, new RegExp(`used \\d+\\.\\d+ of ${(pool_limit / 1_048_576).toFixed(2)} MB`), line.stderr);
    const table = await poolnv([...command, "--csv", "-"], { env });
    const [names, values] = table.stdout.split("\n").map((row) => row.split(","));
    assert.equal(values![names!.indexOf("pool_limit")], String(pool_limit));
    const statistics = await session.statistics();
    const { peak_used: peakUsed, pool_size } = statistics;
    // Between its share of the reserved and of the whole size.
    const usage = expect.usage.below((peakUsed / pool_size + peakUsed / pool_limit) / 2);
    const seen = { statistics, peakUsed, fallbackShare: 0, damagedHeaders: 0, hasEnded: false };
    assert.equal(usage.broken(seen), null);
    assert.match(usage.broken({ ...seen, statistics: { ...statistics, pool_limit: pool_size } })!, /of the pool/);
}

async function assertUnharmed(standin: Victim): Promise<void> {
    const found = await standin.numbers("check");
    for (const kind of harms) assert.equal(found[kind], 0, `${kind}: ${await standin.order("fault")}`);
}

async function assertServed(session: PoolClient, layers: readonly Layer[]): Promise<void> {
    const { by_layer, corrupt_headers, stray_pointers } = await session.statistics();
    assert.equal(corrupt_headers, stray_pointers, "what the game frees in the middle of a block damages nothing");
    assert.equal(stray_pointers > 0, layers.includes("gameheap"));
    assert.deepEqual(Object.keys(by_layer), layers);
    for (const layer of layers) {
        assert.ok(by_layer[layer]!.pool_allocs > 100, layer);
        assert.equal(by_layer[layer]!.fallback_allocs, 0, layer);
    }
}
