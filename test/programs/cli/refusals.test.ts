import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { bindingVersion } from "../../../host/frida/binding-package.js";
import { compileTarget } from "../../fixtures/prepare/compile.js";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { pidsWhere } from "../../fixtures/support/running.js";
import { whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { assertFails } from "./expected-error.js";
import { withVictim } from "./victims.js";

describe(
    "a command that can't be carried out says what happened and what to do",
    { skip: whyNot("linux-x64") ?? false },
    () => {
        it("attach and exec refuse a name that no process has", async () => {
            const expected = {
                exitCode: 3,
                code: "NO_SUCH_PROCESS",
                message: /no-such-game/,
                resolution: /launch/,
            } as const;
            await assertFails(["attach", "no-such-game"], expected);
            await assertFails(["exec", "no-such-game", "GetMemoryPoolUsage"], expected);
        });

        it("attach and exec refuse a pid that no process has", async () => {
            const { pid } = spawnSync("true");
            const expected = {
                exitCode: 3,
                code: "NO_SUCH_PROCESS",
                message: RegExp(`${pid}`),
                resolution: /launch/,
            } as const;
            await assertFails(["attach", String(pid)], expected);
            await assertFails(["exec", String(pid), "GetMemoryPoolUsage"], expected);
        });

        it("attach lists the processes if two have the name", () =>
            withVictim("linux-x64", async (first, target) => {
                const second = await Victim.start(target);
                try {
                    const pids = [first.pid, second.pid].sort((a, b) => a - b);
                    const list = pids.map((pid) => `${target.processName} \\(pid ${pid}\\)`).join(", ");
                    await assertFails(["attach", target.processName.toUpperCase()], {
                        exitCode: 3,
                        code: "AMBIGUOUS_PROCESS",
                        message: RegExp(`2 processes.*${list}`),
                        resolution: RegExp(`poolnv attach ${pids[0]}`),
                    });
                    assert.equal(await second.order("counters"), "none");
                } finally {
                    second.kill();
                }
            }));

        it("attach and launch without an engine name the command that prepares one", () =>
            withVictim("linux-x64", async (victim) => {
                const empty = mkdtempSync(join(tmpdir(), "poolnv-empty-"));
                try {
                    const expected = {
                        exitCode: 4,
                        code: "NO_ENGINE",
                        message: /not prepared/,
                        resolution: /npx poolnv setup --engine python/,
                    } as const;
                    await assertFails(["attach", String(victim.pid), "--engine", "python"], expected, {
                        POOLNV_CACHE: empty,
                    });
                    await assertFails(["launch", "--engine", "python", "--", "true"], expected, {
                        POOLNV_CACHE: empty,
                    });
                    assert.equal(await victim.order("counters"), "none");
                } finally {
                    rmSync(empty, { recursive: true });
                }
            }));

        it(
            "attach refuses an engine that is not available",
            { skip: bindingVersion() !== null && "the npm binding is here" },
            () =>
                withVictim("linux-x64", (victim) =>
                    assertFails(["attach", String(victim.pid), "--engine", "binding"], {
                        exitCode: 4,
                        code: "NO_ENGINE",
                        message: /npm package frida/,
                        resolution: /npx poolnv setup --engine binding/,
                    }),
                ),
        );

        it("exec refuses a program without a pool", () =>
            withVictim("linux-x64", async (victim) => {
                await assertFails(["exec", String(victim.pid), "GetMemoryPoolUsage"], {
                    exitCode: 5,
                    code: "NO_POOL",
                    message: /no pool/,
                    resolution: /poolnv attach/,
                });
                assert.equal(await victim.order("counters"), "none");
                assert.equal(await victim.quit(), 0);
            }));

        it("attach refuses a log that can't be written", () =>
            withVictim("linux-x64", async (victim, target) => {
                for (const log of [join(target.victim, "pool.log"), "/proc/nonexistent/pool.log", target.folder]) {
                    await assertFails(["attach", String(victim.pid), "--log", log], {
                        exitCode: 2,
                        code: "LOG_NOT_WRITABLE",
                        message: RegExp(log),
                        resolution: /--log FILE/,
                    });
                }
                assert.equal(await victim.order("counters"), "none");
                assert.equal(
                    (await poolnv(["attach", String(victim.pid), "--detach"])).code,
                    0,
                    "a valid log file resolves it",
                );
                assert.equal((await victim.numbers("work 1 10000 4"))["corruptions"], 0);
                assert.equal(await victim.quit(), 0);
            }));

        it("attach and launch refuse a program without a C runtime library", async () => {
            const folder = mkdtempSync(join(tmpdir(), "poolnv-static-"));
            try {
                const source = join(folder, "alone.c");
                writeFileSync(source, "#include <unistd.h>\nint main(void) { for (;;) pause(); }\n");
                const program = await compileTarget(source, {
                    target: "linux-x64",
                    output: join(folder, "alone"),
                    flags: ["-static"],
                });
                const child = spawn(program, { stdio: "ignore" });
                const exited = once(child, "exit");
                try {
                    const expected = {
                        exitCode: 5,
                        code: "NO_KNOWN_RUNTIME",
                        message: /C library/,
                        resolution: /msvcrt\.dll/,
                    } as const;
                    await assertFails(["attach", String(child.pid)], expected);
                    assert.equal(child.exitCode, null, "it runs on");
                    await assertFails(["launch", "--", program], expected);
                    assert.deepEqual(
                        pidsWhere(([first]) => first === program),
                        [child.pid],
                    );
                } finally {
                    child.kill("SIGKILL");
                    await exited;
                }
            } finally {
                rmSync(folder, { recursive: true });
            }
        });
    },
);
