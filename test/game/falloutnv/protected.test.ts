import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { attach } from "../../../host/client/open.js";
import { windowsPath } from "../../../host/process/wine.js";
import { startStandin } from "../../fixtures/standin/start-standin.js";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { pidsWhere } from "../../fixtures/support/running.js";
import { whyNot, wineEnvironment } from "../../fixtures/support/targets.js";
import { tidyingMs } from "../../fixtures/support/tidying.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { changedCode, readCode } from "./code-pages.js";
import { withProgram } from "./stand-ins.js";

describe("a protected game that has not unpacked its code yet", { skip: whyNot("win32-ucrt") ?? false }, () => {
    Object.assign(process.env, wineEnvironment());

    it("protected game: refused with a reason while packed, and stays unchanged", () =>
        withPacked(async ({ pid, unpack }) => {
            const before = readCode(pid);
            const command = ["attach", String(pid), "--detach"];
            const plain = await poolnv(command, { env: wineEnvironment() });
            assert.equal(plain.code, 5, plain.stderr);
            assert.match(plain.stderr, /the pool is installed once its code is unpacked/);
            assert.match(
                plain.stderr,
                /FalloutNV\.exe can't be read yet: it is protected and unpacks itself as it starts/,
            );
            assert.match(plain.stderr, /attach as soon as its window is there/);
            const script = await poolnv([...command, "--json"], { env: wineEnvironment() });
            assert.equal(script.code, 5, script.stderr);
            const { error } = JSON.parse(script.stdout) as { error: { code: string; details?: unknown } };
            assert.equal(error.code, "GAME_PROTECTED");
            assert.equal(error.details, undefined, "no table of scrambled bytes");
            await pause(tidyingMs);
            assert.deepEqual(changedCode(before, pid), [], "code that changed");
            const standin = await unpack();
            await standin.numbers("frames 100");
            assert.equal((await standin.numbers("check"))["corruptions"], 0);
        }));

    it("protected game: gets its pool after it is unpacked, if that is soon", () =>
        withPacked(async ({ pid, unpack }) => {
            let waited = false;
            const session = await attach(pid, {
                onProgress: (line) => {
                    if (!/once its code is unpacked/.test(line)) return;
                    waited = true;
                    void unpack();
                },
            });
            try {
                assert.ok(waited, "it was not unpacked before");
                assert.equal(session.facts.game, "falloutnv-1.4.0.525");
                const standin = await unpack();
                await standin.numbers("frames 100");
                assert.equal((await standin.numbers("check"))["corruptions"], 0);
                const { by_layer } = await session.statistics();
                assert.ok(by_layer.gameheap!.pool_allocs > 1000);
            } finally {
                await session.close();
            }
        }));
});

/** A running protected stand-in. */
interface Packed {
    /** Linux pid. */
    pid: number;
    /** Makes it unpack its code. */
    unpack: () => Promise<Victim>;
}

async function withPacked(work: (packed: Packed) => Promise<void>): Promise<void> {
    await withProgram({ protected: true }, async (program) => {
        const sign = join(dirname(program), "packed");
        const starting = startStandin(program, ["--unpacks-without", windowsPath(sign)]);
        starting.catch(() => {}); // reported by `unpack`
        const unpack = () => {
            rmSync(sign, { force: true });
            return starting;
        };
        const isProgram = (args: string[]) => args.some((arg) => arg === program || arg === windowsPath(program));
        try {
            await waitUntil("it is loaded, and packed", () => existsSync(sign));
            await work({ pid: pidsWhere(isProgram)[0]!, unpack });
        } finally {
            const standin = await unpack();
            standin.kill();
            await standin.exited;
        }
    });
}
