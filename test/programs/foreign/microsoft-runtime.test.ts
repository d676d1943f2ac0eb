import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { attach } from "../../../host/client/open.js";
import { windowsPath } from "../../../host/process/wine.js";
import { readEnvironments } from "../../fixtures/prepare/environments.js";
import { type MicrosoftUcrt, microsoftUcrtFiles, microsoftUcrtFirst } from "../../fixtures/prepare/microsoft-ucrt.js";
import { makeTarget, type Target, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { runPooled } from "./compare-runs.js";

const { microsoftUcrt } = readEnvironments();
const skip =
    whyNot("win32-ucrt") ??
    whyNot("win32-msvcrt") ??
    (microsoftUcrt.ready ? false : `${microsoftUcrt.reason} (${microsoftUcrt.resolution})`);
const runtimes: { name: string; microsoft: MicrosoftUcrt | null }[] = [
    { name: "Wine's", microsoft: null },
    ...(microsoftUcrt.ready ? microsoftUcrt.versions : []).map((microsoft) => ({
        name: `Microsoft's ${microsoft.version}`,
        microsoft,
    })),
];

/** What the runtime is made to do, and that its own `HeapSize` is called in between. */
const steps = ["_putenv", "_wputenv", "_register_onexit_function", "_popen", "_setmaxstdio", "_recalloc"];

for (const { name, microsoft } of runtimes) {
    describe(`the pool under ${name} ucrtbase.dll`, { skip }, () => {
        let target: Target;
        before(async () => {
            target = await makeTarget("win32-ucrt", { source: targetSource("runtime_heap.c") });
            putRuntime(microsoft, target.folder);
        });
        after(() => target.remove());

        it(`no block of the pool reaches the system's heap from ${name} ucrtbase.dll`, async () => {
            const output = join(target.folder, "output");
            const program = {
                name: "a program that watches the system's heap",
                missing: null,
                exitCode: 7,
                env: { ...target.env, ...environment(microsoft) },
                starter: [],
                command: () => [target.victim, windowsPath(output)],
            };
            const statistics = await runPooled(program, output, ["--log", join(target.folder, "pool.log")]);
            const lines = readFileSync(output, "utf8").trim().split(/\r?\n/);
            assert.equal(lines.pop(), "pool=1 watched=1");
            assert.deepEqual(
                lines.map((line) => line.replace(/asked=\d+ /, "")),
                steps.map((step) => `${step} wrong=0 sized=0 freed=0 resized=0`),
            );
            // Wine's takes little from its own malloc.
            assert.ok(
                statistics.pool_allocs > (microsoft === null ? 10 : 300),
                `${statistics.pool_allocs} pool allocations`,
            );
            assert.equal(statistics.corrupt_headers, 0);
            assert.equal(statistics.double_frees, 0);
        });
    });

    // Blocks of Wine's are in a heap of its own, which it takes along.
    if (microsoft === null) continue;
    describe(`the pool under ${name} ucrtbase.dll in a plugin`, { skip }, () => {
        let target: Target;
        before(async () => {
            target = await makeTarget("win32-msvcrt", { source: targetSource("reloaded_runtime.c") });
            putRuntime(microsoft, target.folder);
            Object.assign(process.env, target.env, microsoftUcrtFirst);
        });
        after(() => {
            delete process.env["WINEDLLOVERRIDES"];
            target.remove();
        });

        it(`a program that releases ${name} ucrtbase.dll too often keeps the hooked one and its blocks`, async () => {
            const victim = await Victim.start(target);
            try {
                assert.deepEqual(await victim.numbers("load"), { loaded: 0, loads: 1 });
                assert.deepEqual(await victim.numbers("take"), { taken: 1 });
                assert.deepEqual(await victim.numbers("reload"), { gone: 1, wrong: 0 }, "without a pool");
                const session = await attach(victim.processName);
                try {
                    assert.deepEqual(await victim.numbers("take"), { taken: 1 });
                    assert.deepEqual(await victim.numbers("reload", 20_000), { gone: 0, wrong: 0 }, "with a pool");
                } finally {
                    await session.close();
                }
                assert.equal(await victim.quit(), 0);
            } finally {
                victim.kill();
            }
        });
    });
}

function environment(microsoft: MicrosoftUcrt | null): Record<string, string> {
    return microsoft === null ? {} : microsoftUcrtFirst;
}

function putRuntime(microsoft: MicrosoftUcrt | null, folder: string): void {
    if (microsoft === null) return;
    for (const file of microsoftUcrtFiles) copyFileSync(join(microsoft.folder, file), join(folder, file));
}

function targetSource(name: string): string {
    return fileURLToPath(new URL(`../../../../test/fixtures/targets/${name}`, import.meta.url));
}
