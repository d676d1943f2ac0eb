import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { whyNot } from "../../fixtures/support/targets.js";
import { assertErrorText } from "./expected-error.js";
import { withVictim } from "./victims.js";

const belowProgram = join("Data", "NVSE", "Plugins");

describe("the configuration file in a program's plugin folder", () => {
    for (const name of ["linux-x64", "win32-msvcrt"] as const) {
        it(
            `the configuration file in the plugin folder is used, printed and logged on ${name}`,
            { skip: whyNot(name) ?? false },
            () =>
                withVictim(
                    name,
                    async (victim, { env, folder, processName }) => {
                        const attached = await poolnv(["attach", processName, "--detach"], { env });
                        assert.equal(attached.code, 0, attached.stderr);
                        assert.match(attached.stdout, /^ {2}pool +64 MB, bump/m);
                        const said = /^settings from (.*)$/m.exec(attached.stderr)?.[1] ?? "";
                        assert.ok(said.endsWith(join(folder, belowProgram, "poolnv.ini")), attached.stderr);
                        const log = readFileSync(join(folder, belowProgram, "MemoryPool_Debug.log"), "utf8");
                        assert.ok(log.includes(`settings from ${said}`), log);
                        assert.equal(await victim.quit(), 0);
                    },
                    ({ folder }) =>
                        writeSettings(folder, "[pool]\npool_size_mb = 64\nstrategy = bump\nquarantine_mb = 0\n"),
                ),
        );
    }

    it(
        "an invalid configuration file in the plugin folder is reported and the program not touched",
        { skip: whyNot("linux-x64") ?? false },
        () =>
            withVictim(
                "linux-x64",
                async (victim) => {
                    assertErrorText(await poolnv(["attach", String(victim.pid)]), {
                        exitCode: 2,
                        code: "BAD_CONFIG",
                        message: /poolnv\.ini:2: prefault_mb is 65, more than the pool of 64 MB \(line 1\)/,
                        resolution: /Lower prefault_mb/,
                    });
                    assert.equal(await victim.order("counters"), "none");
                },
                ({ folder }) => writeSettings(folder, "pool_size_mb = 64\nprefault_mb = 65\n"),
            ),
    );
});

function writeSettings(folder: string, text: string): void {
    mkdirSync(join(folder, belowProgram), { recursive: true });
    writeFileSync(join(folder, belowProgram, "poolnv.ini"), text);
}
