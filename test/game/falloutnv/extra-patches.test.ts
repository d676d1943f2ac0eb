import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { windowsPath } from "../../../host/process/wine.js";
import { UserError } from "../../../host/errors.js";
import { launchProgram, type LaunchedProgram } from "../../../host/client/open.js";
import type { LaunchOptions, Layer } from "../../../host/client/pool-session.js";
import type { StandinOptions } from "../../fixtures/standin/build-standin.js";
import { harms } from "../standin/harms.js";
import { bytesOf, sites } from "../../fixtures/standin/sites/index.js";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { pidsWhere } from "../../fixtures/support/running.js";
import { whyNot, wineEnvironment } from "../../fixtures/support/targets.js";
import { tidyingMs } from "../../fixtures/support/tidying.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { changedCode, readCode } from "./code-pages.js";
import { withProgram, withStandin } from "./stand-ins.js";
import { readMemory, readUpkeep } from "./upkeep.js";

const layers: Layer[] = ["crt", "gameheap", "scrapheap"];
const nop = (count: number) => Array<number>(count).fill(0x90);
const returns = [0xc3];

/** Written down once more, apart from the profile: addresses, and what is there once the patches are made. */
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

/** How the stand-in has these places. */
const untouched = patched.map(([address]) => {
    const site = sites.find((one) => one.address === address)!;
    return [address, bytesOf(site)] as const;
});

describe("the game's own heaps, turned off as it is launched", { skip: whyNot("win32-ucrt") ?? false }, () => {
    Object.assign(process.env, wineEnvironment());

    it("are never made and never kept going, and the game runs on the pool alone, without harm", () =>
        withLaunched({}, { layers, extraPatches: true }, async ({ session }, pid) => {
            assert.equal(session.install.patches, patched.length);
            await hasServed(session);
            assertBytes(pid, patched);
            const done = readUpkeep(pid);
            assert.deepEqual(
                Object.values(done),
                Object.values(done).map(() => 0),
                JSON.stringify(done),
            );
            const { by_layer } = await session.statistics();
            for (const layer of layers) assert.equal(by_layer[layer]!.fallback_allocs, 0, layer);
        }));

    it("have the game's C runtime in their place where the pool is full, or switched off for a while", () =>
        // What the system's heap takes back may be gone at once, so that a read of it ends the program.
        withLaunched(
            {},
            { layers, extraPatches: true, poolSizeMb: 16, cells: 1_000_000, stale: 0 },
            async ({ session }, pid) => {
                await until("the pool is full", async () => (await fallbacksOf(session)) > 1000);
                await session.setActive(false);
                await pause(1500);
                await session.setActive(true);
                await pause(1000);
                assertBytes(pid, patched);
                assert.deepEqual(
                    Object.values(readUpkeep(pid)).filter((count) => count !== 0),
                    [],
                );
            },
        ));

    it("are left as they are where nobody asks for that: every counter counts, no byte is another", () =>
        withLaunched({}, { layers }, async ({ session }, pid) => {
            assert.equal(session.install.patches, 0);
            await hasServed(session);
            assertBytes(pid, untouched);
            await waitUntil("all was done", () => Object.values(readUpkeep(pid)).every((count) => count > 0), 30_000);
        }));

    it("are turned off though another mod has changed where a call leads that is left out", () =>
        withLaunched({ changed: [0x0086_c570] }, { layers, extraPatches: true }, async ({ session }, pid) => {
            await hasServed(session);
            assertBytes(pid, patched);
        }));

    it("stay, and all of the pool is refused, where one place is not as it should be: told in a table", () =>
        withProgram({ changed: [0x00aa_38da + 10] }, async (program) => {
            const options = ["--layers", layers.join(","), "--extra-patches", "on", "--engine", "wine"];
            const command = ["launch", ...options, "--", program, "--seconds", "60"];
            const run = await poolnv(command, { env: wineEnvironment() });
            assert.equal(run.code, 5, run.stderr);
            assert.match(run.stderr, /1 of the places that falloutnv-1\.4\.0\.525 knows are not as they should be/);
            assert.match(run.stderr, /--extra-patches/);
            for (const cell of [
                "construction of the object within MemoryHeap",
                "0x00AA38CA",
                "8B 45 A4 05 14 01 00 00",
            ])
                assert.ok(run.stderr.includes(cell), run.stderr);
            await waitUntil("it is ended", () => pidsOf(program).length === 0);
        }));

    it("are not turned off under a game that runs, which stays as it is", () =>
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

    it("are refused a protected game, whose code can't be read before they begin", () =>
        withProgram({ protected: true }, async (program) => {
            const launching = launchProgram(program, [], { engine: "wine", layers, extraPatches: true });
            await assert.rejects(launching, isUserError("GAME_PROTECTED", /extra_patches/));
            await waitUntil("it is ended", () => pidsOf(program).length === 0);
        }));

    it("are refused a program that is no game, which is ended", () =>
        withProgram({ fileName: "Other.exe" }, async (program) => {
            const launching = launchProgram(program, [], { engine: "wine", layers, extraPatches: true });
            await assert.rejects(launching, isUserError("NO_SUCH_LAYER", /no game whose own heaps/));
            await waitUntil("it is ended", () => pidsOf(program).length === 0);
        }));

    it("are refused without the layers that take their place, before anything is started", async () => {
        for (const some of [["crt", "gameheap"], ["gameheap"], ["crt", "scrapheap"]] as Layer[][])
            await assert.rejects(
                launchProgram("no such program.exe", [], { engine: "wine", layers: some, extraPatches: true }),
                isUserError("USAGE", /extra_patches is on, but the layers are/),
            );
    });
});

type Session = LaunchedProgram["session"];

/** Runs work with a stand-in that was launched, which afterwards has to end by itself, unharmed. */
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
            await launched.session.close();
            for (const pid of pidsOf(program)) process.kill(pid, "SIGKILL");
        }
    });
}

function pidsOf(program: string): number[] {
    const own = windowsPath(program);
    return pidsWhere((command) => command.includes(own));
}

function assertBytes(pid: number, expected: readonly (readonly [number, readonly number[]])[]): void {
    for (const [address, bytes] of expected)
        assert.deepEqual([...readMemory(pid, address, bytes.length)], [...bytes], address.toString(16));
}

/** Waits until frames have run and asked for a good deal. */
async function hasServed(session: Session): Promise<void> {
    await until("every layer has served", async () => {
        const { by_layer } = await session.statistics();
        return layers.every((layer) => by_layer[layer]!.pool_allocs > 500);
    });
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 30_000; !(await holds()); await pause(100)) assert.ok(Date.now() < end, what);
}

async function fallbacksOf(session: Session): Promise<number> {
    return (await session.statistics()).by_layer.gameheap!.fallback_allocs;
}

function isUserError(code: UserError["code"], message: RegExp): (error: unknown) => boolean {
    return (error) => error instanceof UserError && error.code === code && message.test(error.message);
}
