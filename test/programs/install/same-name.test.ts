import assert from "node:assert/strict";
import { join } from "node:path";
import { copyFileSync } from "node:fs";
import { describe, it } from "node:test";
import { attach } from "../../../host/client/open.js";
import { makeTarget, targetNames, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";

/** Under Wine the worker is one of them: it is a `python.exe`. */
for (const name of targetNames)
    describe(`installing by pid under one of two ${name} programs of one name`, { skip: whyNot(name) ?? false }, () => {
        it("reaches the one with that pid", async () => {
            const target = await makeTarget(name);
            Object.assign(process.env, target.env);
            const victim = join(target.folder, "python.exe");
            copyFileSync(target.victim, victim);
            const other = await Victim.start({ ...target, victim });
            const wanted = await Victim.start({ ...target, victim });
            try {
                const session = await attach(wanted.pid);
                assert.equal(String(session.facts.pid), (await wanted.order("pid")).replace("pid=", ""));
                await session.close();
                assert.notEqual(await wanted.order("counters"), "none");
                assert.equal(await other.order("counters"), "none");
                assert.equal(await wanted.quit(), 0);
            } finally {
                other.kill();
                wanted.kill();
                target.remove();
            }
        });
    });
