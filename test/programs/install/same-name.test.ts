import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { attach } from "../../../host/client/open.js";
import { makeTarget, targetNames, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";

/** Under Wine the worker has that name, too: `python.exe`. */
for (const name of targetNames) {
    describe(
        `installation by pid in one of two ${name} programs with the same name`,
        { skip: whyNot(name) ?? false },
        () => {
            it(`${name}: of two programs with the same name, the one with the given pid gets the pool`, async () => {
                const target = await makeTarget(name);
                Object.assign(process.env, target.env);
                const victim = join(target.folder, "python.exe");
                copyFileSync(target.victim, victim);
                const other = await Victim.start({ ...target, victim });
                const wanted = await Victim.start({ ...target, victim });
                try {
                    const client = await attach(wanted.pid);
                    assert.equal(String(client.facts.pid), (await wanted.order("pid")).replace("pid=", ""));
                    await client.close();
                    assert.notEqual(await wanted.order("counters"), "none");
                    assert.equal(await other.order("counters"), "none");
                    assert.equal(await wanted.quit(), 0);
                } finally {
                    other.kill();
                    wanted.kill();
                    target.remove();
                }
            });
        },
    );
}
