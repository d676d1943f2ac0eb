import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { windowsPath } from "../../../host/process/wine.js";
import { buildStandin } from "../../fixtures/standin/build-standin.js";
import { whyNoBinding } from "../../fixtures/support/binding.js";
import { whyNot } from "../../fixtures/support/targets.js";
import { poolnvOnWindows, whyNoWindowsHost } from "../../fixtures/support/windows-host.js";
import { startWindowsVictim } from "../../fixtures/support/windows-victim.js";
import { assertVerdicts, type Expected } from "../loadtest/expected-verdicts.js";
import { writeSaves } from "../loadtest/folder-of-saves.js";

const missing = whyNoWindowsHost() ?? whyNoBinding();
const onBinding = { engine: "binding" } as const;

/** The engine that a player on Windows gets first: the npm binding, in Windows Node. */
describe("the binding on Windows", { skip: missing ?? whyNot("win32-msvcrt") ?? false }, () => {
    const host = startWindowsVictim();

    it("the binding on Windows: attach installs the pool and leaves", async () => {
        const { code, stdout, stderr } = await poolnvOnWindows(
            ["attach", host.target.processName, "--detach"],
            onBinding,
        );
        assert.equal(code, 0, stderr + stdout);
        assert.match(stdout, /\(pid \d+\) has its pool\.\n {2}engine {2}binding, frida 17\.18\.0\n/);
        assert.equal((await host.victim.numbers("work 1 20000 2"))["corruptions"], 0);
    });

    it("the binding on Windows: three exec at once, one of them with Python, are all answered", async () => {
        const prepared = await poolnvOnWindows(["setup", "--engine", "python"]);
        assert.equal(prepared.code, 0, prepared.stderr);
        const run = (engine: "binding" | "python") =>
            poolnvOnWindows(["exec", host.target.processName, "IsMemoryPoolActive"], { engine });
        for (const { code, stdout, stderr } of await Promise.all([run("binding"), run("python"), run("binding")])) {
            assert.equal(code, 0, stderr);
            assert.equal(stdout, "IsMemoryPoolActive >> 1");
        }
        assert.equal((await host.victim.numbers("work 2 20000 2"))["corruptions"], 0);
    });

    it("the binding on Windows: watch prints a line per sample", async () => {
        const { code, stdout, stderr } = await poolnvOnWindows(
            ["watch", host.target.processName, "--count", "2"],
            onBinding,
        );
        assert.equal(code, 0, stderr);
        assert.equal(stdout.match(/used +\d+\.\d\d of 1536\.00 MB/g)?.length, 2, stdout);
    });
});

const expected: Record<string, Expected> = {
    "Save 1.fos": ["passed"],
    "Save 3.fos": ["crashed", /0xC0000005 \(access violation\) at 0x[0-9a-f]{8} in FalloutNV.exe\+0x/],
};

describe("loadtest with the binding on Windows", { skip: missing ?? whyNot("win32-ucrt") ?? false }, () => {
    it("loadtest with the binding on Windows: a crash is reported with its code and place", async () => {
        const program = await buildStandin();
        const saves = join(dirname(program), "saves");
        const results = join(dirname(program), "results.jsonl");
        try {
            writeSaves(saves, { "Save 1": {}, "Save 3": {} });
            const { code, stdout, stderr } = await poolnvOnWindows(
                [
                    ...["loadtest", windowsPath(saves), "--results", windowsPath(results), "--pool-size", "64"],
                    ...["--soak", "3", "--interval", "0.5", "--program", windowsPath(program)],
                    ...["--", "--saves", windowsPath(saves), "--load-factor", "16"],
                    ...["--crashes-by", "Save 3", "--seconds", "600"],
                ],
                onBinding,
            );
            assert.equal(code, 6, stderr + stdout);
            assert.match(stdout, /1 of 2 passed/);
            await assertVerdicts(results, expected);
        } finally {
            rmSync(dirname(program), { recursive: true, force: true });
        }
    });
});
