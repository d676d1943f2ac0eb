import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { strFromU8, unzipSync } from "fflate";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { whyNot } from "../../fixtures/support/targets.js";
import { withVictim } from "./victims.js";

/** A program of this system, and one of Windows under Wine, whose log path is a Windows path. */
for (const name of ["linux-x64", "win32-msvcrt"] as const) {
    describe(`poolnv support on a ${name} program`, { skip: whyNot(name) ?? false }, () => {
        it("poolnv support collects the statistics and the log of a running program's pool", () =>
            withVictim(name, async (victim, target) => {
                const attached = await poolnv(["attach", String(victim.pid), "--detach"], target);
                assert.equal(attached.code, 0, attached.stderr);
                const file = join(target.folder, "bundle.zip");
                const words = ["support", String(victim.pid), "--output", file, "--yes"];
                const { code, stdout, stderr } = await poolnv(words, target);
                assert.equal(code, 0, stderr);
                assert.match(stdout, /statistics\.json/);
                const files = unzipSync(readFileSync(file));
                const { statistics } = JSON.parse(strFromU8(files["statistics.json"]!)) as {
                    statistics: { active: number };
                };
                assert.equal(statistics.active, 1);
                assert.match(strFromU8(files["pool.log"]!), /Z prepared: pool of \d+ MB/);
                assert.equal(await victim.quit(), 0);
            }));
    });
}
