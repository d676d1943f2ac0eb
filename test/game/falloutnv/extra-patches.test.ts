import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { LaunchOptions } from "../../../host/client/launch.js";
import { type LaunchedProgram, launchProgram } from "../../../host/client/launch.js";
import { UserError } from "../../../host/errors.js";
import { windowsPath } from "../../../host/process/wine.js";
import type { Layer } from "../../../shared/protocol/install.js";
import type { StandinOptions } from "../../fixtures/standin/build-standin.js";
import { bytesOf, sites } from "../../fixtures/standin/sites/index.js";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { pidsWhere } from "../../fixtures/support/running.js";
import { whyNot, wineEnvironment } from "../../fixtures/support/targets.js";
import { tidyingMs } from "../../fixtures/support/tidying.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { harms } from "../standin/harms.js";
import { changedCode, readCode } from "./code-pages.js";
import { withProgram, withStandin } from "./stand-ins.js";
import { readMemory, readUpkeep } from "./upkeep.js";

const layers: Layer[] = ["crt", "gameheap", "scrapheap"];
const nop = (count: number) => Array<number>(count).fill(0x90);
const returns = [0xc3];

/** Independent of the profile: addresses, and their bytes after the patches. */
const patched: readonly (readonly [address: number, bytes: readonly number[]])[] = [
    [0x00aa_6840, returns],
    [0x0086_6e00, returns],
    [0x0086_6770, returns],
    [0x00aa_6f90, returns],
    [0x00aa_7030, returns],
    [0x00aa_7290, returns],
    [0x00aa_7300, returns],
    [0x00aa_58d0, returns],
    [0x0086_6d10, returns],
    [0x00aa_5c80, returns],
    [0x00aa_38ca, nop(30)],
    [0x00aa_3060, nop(5)],
    [0x0086_c56f, nop(5)],
    [0x00c4_2eb1, nop(5)],
    [0x00ec_1701, nop(5)],
    [0x0086_eed4, [0xeb, 0x55]],
];

/** The bytes of the stand-in at these addresses. */
const untouched = patched.map(([address]) => {
    const site = sites.find((one) => one.address === address)!;
    return [address, bytesOf(site)] as const;
});

describe("extra patches at launch", { skip: whyNot("win32-ucrt") ?? false }, () => {
    Object.assign(process.env, wineEnvironment());

    it("extra patches: the game's own heaps are never constructed, and it runs on the pool without corruption", () =>
        withLaunched({}, { layers, extraPatches: true }, async ({ client }, pid) => {
            assert.equal(client.install.patches, patched.length);
            await hasServed(client);
            assertBytes(pid, patched);
            const done = readUpkeep(pid);
            assert.deepEqual(
                Object.values(done),
                Object.values(done).map(() => 0),
                JSON.stringify(done),
            );
            const { by_layer } = await client.statistics();
            for (const layer of layers) assert.equal(by_layer[layer]!.fallback_allocs, 0, layer);
        }));

    it("extra patches: the C runtime serves requests while the pool is full or switched off", () =>
        // The system's heap may unmap a freed block at once: a stale read of it crashes.
        withLaunched(
            {},
            { layers, extraPatches: true, poolSizeMb: 16, cells: 1_000_000, stale: 0 },
            async ({ client }, pid) => {
                await until("the pool is full", async () => (await fallbacksOf(client)) > 1000);
                await client.setMemoryPoolActive(false);
                await pause(1500);
                await client.setMemoryPoolActive(true);
                await pause(1000);
                assertBytes(pid, patched);
                assert.deepEqual(
                    Object.values(readUpkeep(pid)).filter((count) => count !== 0),
                    [],
                );
            },
        ));

    it("without extra patches: no byte of their places changes, and the game's heaps work", () =>
        withLaunched({}, { layers }, async ({ client }, pid) => {
            assert.equal(client.install.patches, 0);
            await hasServed(client);
            assertBytes(pid, untouched);
            await waitUntil("all was done", () => Object.values(readUpkeep(pid)).every((count) => count > 0), 30_000);
        }));

    it("extra patches: overwrite a call that another mod has redirected", () =>
        withLaunched({ changed: [0x0086_c570] }, { layers, extraPatches: true }, async ({ client }, pid) => {
            await hasServed(client);
            assertBytes(pid, patched);
        }));

    it("extra patches: one place that differs refuses the pool, with a table", () =>
        withProgram({ changed: [0x00aa_38da + 10] }, async (program) => {
            const options = ["--layers", layers.join(","), "--extra-patches", "on", "--engine", "wine"];
            const command = ["launch", ...options, "--", program, "--seconds", "60"];
            const run = await poolnv(command, { env: wineEnvironment() });
            assert.equal(run.code, 5, run.stderr);
            assert.match(run.stderr, /the game's code differs from falloutnv-1\.4\.0\.525 in 1 place/);
            assert.match(run.stderr, /--extra-patches/);
            for (const cell of [
                "construction of the object within MemoryHeap",
                "0x00AA38CA",
                "8B 45 A4 05 14 01 00 00",
            ]) {
                assert.ok(run.stderr.includes(cell), run.stderr);
            }
            await waitUntil("it is ended", () => pidsOf(program).length === 0);
        }));

    it("extra patches: refused for a running game, which stays unchanged", () =>
        withStandin({}, [], async (standin) => {
            await standin.numbers("frames 20");
            const before = readCode(standin.pid);
            const run = await poolnv(
                ["attach", String(standin.pid), "--layers", layers.join(","), "--extra-patches", "on", "--detach"],
                { env: wineEnvironment() },
            );
            assert.equal(run.code, 2, run.stderr);
            assert.match(run.stderr, /extra_patches is on, but this program runs already/);
            assert.match(run.stderr, /poolnv launch/);
            await pause(tidyingMs);
            assert.deepEqual(changedCode(before, standin.pid), [], "code that changed");
            await standin.numbers("frames 100");
            const found = await standin.numbers("check");
            for (const kind of harms) assert.equal(found[kind], 0, kind);
        }));

    it("extra patches: refused for a protected game, whose code can't be read in time", () =>
        withProgram({ protected: true }, async (program) => {
            const launching = launchProgram(program, [], { engine: "wine", layers, extraPatches: true });
            await assert.rejects(launching, isUserError("GAME_PROTECTED", /extra_patches/));
            await waitUntil("it is ended", () => pidsOf(program).length === 0);
        }));

    it("extra patches: refused for a program that is no game, which is ended", () =>
        withProgram({ fileName: "Other.exe" }, async (program) => {
            const launching = launchProgram(program, [], { engine: "wine", layers, extraPatches: true });
            await assert.rejects(launching, isUserError("NO_SUCH_LAYER", /no known game/));
            await waitUntil("it is ended", () => pidsOf(program).length === 0);
        }));

    it("extra patches: refused without the game's layers, before anything is started", async () => {
        for (const some of [["crt", "gameheap"], ["gameheap"], ["crt", "scrapheap"]] as Layer[][]) {
            await assert.rejects(
                launchProgram("no such program.exe", [], { engine: "wine", layers: some, extraPatches: true }),
                isUserError("USAGE", /extra_patches is on, but the layers are/),
            );
        }
    });
});

/** Runs work with a launched stand-in, which afterwards must exit by itself without corruption. */
async function withLaunched(
    standinOptions: StandinOptions,
    options: LaunchOptions & { cells?: number; stale?: number },
    work: (launched: LaunchedProgram, pid: number) => Promise<void>,
): Promise<void> {
    await withProgram(standinOptions, async (program) => {
        const { cells = 20_000, stale = 1 } = options;
        const args = ["--seconds", "12", "--cells", String(cells), "--stale", String(stale)];
        const launched = await launchProgram(program, args, {
            engine: "wine",
            programOutputToStderr: true,
            ...options,
        });
        try {
            const [pid] = pidsOf(program);
            await work(launched, pid!);
            assert.equal(await launched.exitCode(), 0, "it found nothing wrong");
        } finally {
            await launched.client.close();
            for (const pid of pidsOf(program)) process.kill(pid, "SIGKILL");
        }
    });
}

function pidsOf(program: string): number[] {
    const own = windowsPath(program);
    return pidsWhere((command) => command.includes(own));
}

function assertBytes(pid: number, expected: readonly (readonly [number, readonly number[]])[]): void {
    for (const [address, bytes] of expected) {
        assert.deepEqual([...readMemory(pid, address, bytes.length)], [...bytes], address.toString(16));
    }
}

/** Waits until frames have run and allocated in every layer. */
async function hasServed(client: LaunchedProgram["client"]): Promise<void> {
    await until("every layer has served", async () => {
        const { by_layer } = await client.statistics();
        return layers.every((layer) => by_layer[layer]!.pool_allocs > 500);
    });
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 30_000; !(await holds()); await pause(100)) assert.ok(Date.now() < end, what);
}

async function fallbacksOf(client: LaunchedProgram["client"]): Promise<number> {
    return (await client.statistics()).by_layer.gameheap!.fallback_allocs;
}

function isUserError(code: UserError["code"], message: RegExp): (error: unknown) => boolean {
    return (error) => error instanceof UserError && error.code === code && message.test(error.message);
}
