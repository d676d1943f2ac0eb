import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { askScript } from "../../host/client/ask.js";
import { findOrInstall } from "../../host/client/install.js";
import { translateErrors } from "../../host/client/translate-errors.js";
import { UserError } from "../../host/errors.js";
import type { Engine, EngineSession } from "../../host/frida/engine.js";
import { openEngine } from "../../host/frida/open-engine.js";
import { makeTarget, type Target, whyNot } from "../fixtures/support/targets.js";
import { Victim } from "../fixtures/support/victim.js";

/** Replies of an agent under the control of a hostile program. */
const answers: Record<string, string> = {
    "nothing at all": "undefined",
    "a number": "42",
    "a list": "[]",
    "an empty object": "{}",
    "an ok that is no boolean": '({ ok: "maybe", value: 1 })',
    "a refusal without a reason": "({ ok: false })",
    "a refusal for no known reason": '({ ok: false, error: { code: "constructor", message: "x" } })',
    "a refusal with a number for a message": '({ ok: false, error: { code: "NO_ROOM", message: 7 } })',
    "a value of another kind": '({ ok: true, value: "pool" })',
    "NaN and a negative number": "({ ok: true, value: { ...facts, poolBytes: NaN, requestedBytes: -1 } })",
    "a number out of range": "({ ok: true, value: { ...facts, poolBytes: 1e300 } })",
    "a name of 100,000 characters": '({ ok: true, value: { ...facts, program: "x".repeat(100000) } })',
    "an answer of 30 MB": '({ ok: true, value: "x".repeat(30000000) })',
    "ten thousand layers": '({ ok: true, value: { ...facts, layers: Array(10000).fill("crt") } })',
};

const facts =
    'const facts = { pid: 1, arch: "x64", platform: "linux", program: "x", strategy: "recycle", layers: ["crt"],' +
    " poolBytes: 1, requestedBytes: 1, hooked: true, logFile: null };";

describe("an agent under the control of a hostile program", { skip: whyNot("linux-x64") ?? false }, () => {
    let target: Target;
    const victims: Victim[] = [];
    let engine: Engine;

    before(async () => {
        target = await makeTarget("linux-x64");
        engine = await openEngine({
            choice: "python",
            wine: null,
            programOutput: "none",
            answerLimitMs: 10_000,
            onProgress: () => {},
        });
    });
    after(async () => {
        engine.close();
        for (const code of await Promise.all(victims.map((victim) => victim.quit()))) assert.equal(code, 0);
        target.remove();
    });

    const enter = async (body: string): Promise<EngineSession> => {
        const victim = await Victim.start(target);
        victims.push(victim);
        return engine.attach(victim.pid, {
            name: "hostile",
            source: `${facts} rpc.exports = { request(name) { ${body} } };`,
        });
    };

    for (const [what, answer] of Object.entries(answers)) {
        it(`a hostile agent that answers with ${what} is refused as FORGED_POOL`, async () => {
            const session = await enter(`return ${answer};`);
            await assert.rejects(
                translateErrors(() => findOrInstall(session, {}, engine)),
                (error) => error instanceof UserError && error.code === "FORGED_POOL",
            );
            await session.detach();
        });
    }

    it("a hostile agent that floods the host with messages still gets its reply read", async () => {
        const session = await enter(
            'for (let i = 0; i < 20000; i++) send("x".repeat(5000)); return { ok: true, value: null };',
        );
        assert.equal(await translateErrors(() => askScript(session, "find", null)), null);
        await session.detach();
    });

    it("a hostile agent that answers too late is reported as NOT_ANSWERING", async () => {
        const session = await enter("Thread.sleep(12); return { ok: true, value: null };");
        const late = { name: "UserError", code: "NOT_ANSWERING" };
        await assert.rejects(
            translateErrors(() => askScript(session, "find", null)),
            late,
        );
    });
});
