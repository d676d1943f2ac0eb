import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { loadSave } from "../../../host/client/main-thread/load-save.js";
import { runOnMainThread } from "../../../host/client/main-thread/run-on-main-thread.js";
import { attach } from "../../../host/client/open.js";
import type { PoolClient } from "../../../host/client/pool-client.js";
import type { PoolOptions } from "../../../host/config/pool-options.js";
import { UserError } from "../../../host/errors.js";
import { windowsPath } from "../../../host/process/wine.js";
import type { StandinOptions } from "../../fixtures/standin/build-standin.js";
import { whyNot, wineEnvironment } from "../../fixtures/support/targets.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { generateSave } from "../saves/generate-save.js";
import { withStandin } from "./stand-ins.js";

describe("work for the game's main thread", { skip: whyNot("win32-ucrt") ?? false }, () => {
    Object.assign(process.env, wineEnvironment());

    it("main-thread queue: runs a line and prints a text on the main thread", () =>
        withGame({}, {}, async (session, standin) => {
            assert.equal(session.facts.hasMainThreadQueue, true);
            await standin.order("console");
            assert.equal(await runOnMainThread(session, { kind: "run", text: "print heard" }), true);
            assert.equal(await runOnMainThread(session, { kind: "print", text: "100 % of %s and %n" }), true);
            assert.deepEqual(JSON.parse(await standin.order("console")), ["heard", "100 % of %s and %n"]);
            assert.equal(await runOnMainThread(session, { kind: "run", text: "no such command" }), false);
            const { violations } = await standin.numbers("check");
            assert.equal(violations, 0, await standin.order("fault"));
        }));

    it("main-thread queue: runs many lines in order", () =>
        withGame({}, {}, async (session, standin) => {
            await standin.order("console");
            const lines = Array.from({ length: 60 }, (_, index) => `line ${index}`);
            for (const text of lines) assert.equal(await runOnMainThread(session, { kind: "print", text }), true);
            assert.deepEqual(JSON.parse(await standin.order("console")), lines);
        }));

    it("main-thread queue: work is cancelled if the game runs no frames", () =>
        withGame({}, {}, async (session, standin) => {
            await standin.order("console");
            await standin.order("pause");
            await assert.rejects(
                runOnMainThread(session, { kind: "print", text: "late" }),
                isUserError("NOT_ANSWERING"),
            );
            await standin.order("resume");
            await standin.numbers("frames 50");
            assert.equal(await standin.order("console"), "[]");
        }));

    it("main-thread queue: loads a saved game by name, and reports its end", () =>
        withGame({}, {}, async (session, standin) => {
            const loaded = await loadSave(session, "my save");
            assert.equal(loaded.name, "my save");
            assert.ok(loaded.milliseconds > 0);
            assert.match(await standin.order("state"), /loading=0 loads=1 .*last_loaded="my save"/);
            await assert.rejects(loadSave(session, "no such save"), isUserError("BAD_SAVE"));
            await assert.rejects(loadSave(session, 'a" quit "'), isUserError("BAD_SAVE"));
            await assert.rejects(loadSave(session, "two\nlines"), isUserError("USAGE"));
        }));

    it("main-thread queue: absent if another mod has hooked the frame, which is left unchanged; the pool works", () =>
        withGame({ hookedFirst: ["frame_after_render"] }, {}, async (session, standin) => {
            assert.equal(session.facts.hasMainThreadQueue, false);
            await assert.rejects(
                runOnMainThread(session, { kind: "run", text: "print x" }),
                isUserError("NO_GAME_CONSOLE"),
            );
            await standin.numbers("frames 100");
            assert.ok((await session.statistics()).by_layer.gameheap!.pool_allocs > 1000);
        }));

    it("main-thread queue: absent if it was not requested", () =>
        withGame({}, { gameConsole: false }, async (session) => assert.equal(session.facts.hasMainThreadQueue, false)));
});

async function withGame(
    standinOptions: StandinOptions,
    options: PoolOptions,
    work: (session: PoolClient, standin: Victim) => Promise<void>,
): Promise<void> {
    const withSave = (program: string): string[] => {
        const saves = join(dirname(program), "saves");
        mkdirSync(saves);
        writeFileSync(join(saves, "my save.fos"), Buffer.concat([generateSave(), Buffer.alloc(200_000, 7)]));
        return ["--saves", windowsPath(saves)];
    };
    await withStandin(standinOptions, withSave, async (standin) => {
        const session = await attach(standin.pid, options);
        await work(session, standin).finally(() => session.close());
    });
}

function isUserError(code: UserError["code"]): (error: unknown) => boolean {
    return (error) => error instanceof UserError && error.code === code;
}
