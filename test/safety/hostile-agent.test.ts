import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Engine, EngineSession } from "../../host/frida/engine.js";
import { openEngine } from "../../host/frida/open-engine.js";
import { UserError } from "../../host/errors.js";
import { ask } from "../../host/client/ask.js";
import { findOrInstall } from "../../host/client/install.js";
import { translateErrors } from "../../host/client/translate-errors.js";
import { makeTarget, type Target, whyNot } from "../fixtures/support/targets.js";
import { Victim } from "../fixtures/support/victim.js";

/** What an agent may say whose program has got hold of it. */
const answers: Record<string, string> = {
    "nothing at all": "undefined",
    "a number": "42",
    "a list": "[]",
    "an empty object": "{}",
    "neither yes nor no": '({ ok: "maybe", value: 1 })',
    "a refusal without a reason": "({ ok: false })",
    "a refusal for no known reason": '({ ok: false, error: { code: "constructor", message: "x" } })',
    "a refusal with a number for a message": '({ ok: false, error: { code: "NO_ROOM", message: 7 } })',
    "a value of another kind": '({ ok: true, value: "pool" })',
    "numbers that are none": "({ ok: true, value: { ...facts, poolBytes: NaN, requestedBytes: -1 } })",
    "a number beyond all bounds": "({ ok: true, value: { ...facts, poolBytes: 1e300 } })",
    "a name without end": '({ ok: true, value: { ...facts, program: "x".repeat(100000) } })',
    "an answer of 30 MB": '({ ok: true, value: "x".repeat(30000000) })',
    "ten thousand layers": '({ ok: true, value: { ...facts, layers: Array(10000).fill("crt") } })',
};

const facts =
    'const facts = { pid: 1, arch: "x64", platform: "linux", program: "x", strategy: "recycle", layers: ["crt"],' +
    " poolBytes: 1, requestedBytes: 1, armed: true, logFile: null };";

describe("an agent that the program has got hold of", { skip: whyNot("linux-x64") ?? false }, () => {
    let target: Target;
    let victim: Victim;
    let engine: Engine;

    before(async () => {
        target = await makeTarget("linux-x64");
        victim = await Victim.start(target);
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
        assert.equal(await victim.quit(), 0);
        target.remove();
    });

    const enter = (body: string): Promise<EngineSession> =>
        engine.attach(victim.pid, {
            name: "hostile",
            source: `${facts} rpc.exports = { request(name) { ${body} } };`,
        });

    for (const [what, answer] of Object.entries(answers))
        it(`answers with ${what}`, async () => {
            const session = await enter(`return ${answer};`);
            await assert.rejects(
                translateErrors(() => findOrInstall(session, {}, "python")),
                (error) => error instanceof UserError && error.code === "FORGED_POOL",
            );
            await session.detach();
        });

    it("sends messages without end, and answers are heard all the same", async () => {
        const session = await enter(
            'for (let i = 0; i < 20000; i++) send("x".repeat(5000)); return { ok: true, value: null };',
        );
        assert.equal(await translateErrors(() => ask(session, "find", null)), null);
        await session.detach();
    });

    it("takes its time", async () => {
        const session = await enter("Thread.sleep(12); return { ok: true, value: null };");
        const late = { name: "UserError", code: "NOT_ANSWERING" };
        await assert.rejects(
            translateErrors(() => ask(session, "find", null)),
            late,
        );
    });
});
