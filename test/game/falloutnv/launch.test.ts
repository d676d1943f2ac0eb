import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { launch } from "../../../host/client/launch.js";
import type { PoolClient } from "../../../host/client/pool-client.js";
import { windowsPath } from "../../../host/process/wine.js";
import { pidsWhere } from "../../fixtures/support/running.js";
import { whyNot, wineEnvironment } from "../../fixtures/support/targets.js";
import { withProgram } from "./stand-ins.js";

describe("poolnv launch of the game", { skip: whyNot("win32-ucrt") ?? false }, () => {
    Object.assign(process.env, wineEnvironment());

    it("poolnv launch: the game has its pool before its own heaps are constructed", () =>
        withLaunched({}, async (session) => {
            assert.deepEqual(session.facts.layers, ["crt", "gameheap"]);
            await hasServed(session);
            assert.equal((await session.statistics()).by_layer.gameheap?.fallback_allocs, 0);
        }));

    it("poolnv launch: a protected game gets its pool after it is unpacked", () =>
        withLaunched({ protected: true }, async (session) => {
            assert.equal(session.facts.game, "falloutnv-1.4.0.525");
            await hasServed(session);
        }));

    it("poolnv launch: a game limited to 2 GB gets a smaller pool, with a warning", () =>
        withLaunched({ largeAddressAware: false }, async (session) => {
            assert.match(session.install.stepDown ?? "", /large-address-aware/);
            assert.ok(session.facts.poolBytes < 1536 * 1048576);
            await hasServed(session);
        }));
});

async function withLaunched(
    options: Parameters<typeof withProgram>[0],
    work: (session: PoolClient) => Promise<void>,
): Promise<void> {
    await withProgram(options, async (program) => {
        const session = await launch(program, ["--seconds", "60"], { engine: "wine", programOutputToStderr: true });
        try {
            await work(session);
        } finally {
            await session.close();
            const own = windowsPath(program);
            for (const pid of pidsWhere((command) => command.includes(own))) process.kill(pid, "SIGKILL");
        }
    });
}

/** Waits until frames have run and allocated. */
async function hasServed(session: PoolClient): Promise<void> {
    for (const end = Date.now() + 30_000; Date.now() < end; await pause(100)) {
        const { by_layer } = await session.statistics();
        if ((by_layer.gameheap?.pool_allocs ?? 0) > 10_000 && (by_layer.crt?.pool_allocs ?? 0) > 100) return;
    }
    assert.fail(JSON.stringify((await session.statistics()).by_layer));
}
