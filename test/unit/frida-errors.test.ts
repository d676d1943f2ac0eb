import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { translateErrors } from "../../host/client/translate-errors.js";
import { UserError, userErrorExitCodes } from "../../host/errors.js";
import { EngineError } from "../../host/frida/engine.js";
import { explain, fridaErrors } from "../../host/frida/known-errors/explain.js";
import { type FridaText, textOf } from "../fixtures/support/frida-text.js";
import { fridaTexts } from "../fixtures/support/frida-texts.js";

async function translated(error: unknown): Promise<unknown> {
    return translateErrors(() => Promise.reject(error as Error)).catch((reason: unknown) => reason);
}

describe("what the user reads of an error of Frida", () => {
    for (const expected of fridaTexts) {
        it(`Frida's "${textOf(expected).split("\n")[0]}" on ${expected.system} is ${expected.code}, by either package`, async () => {
            // The npm binding has the same text under the name of every error.
            for (const name of [expected.name, "Error"]) await check(expected, name);
        });
    }

    it("each row of Frida's errors that has a text is tried, and no row is hidden by an earlier one", () => {
        const used = new Set(
            fridaTexts.map((text) => {
                const { resolution, code } = explain(new EngineError(text.name, textOf(text), text.system))!;
                return `${code} ${resolution}`;
            }),
        );
        for (const { text, code, resolution } of fridaErrors) {
            if (text !== undefined) assert.ok(used.has(`${code} ${resolution}`), `no text reaches the row ${text}`);
        }
    });

    it("a text of Frida's that no row has is judged by Python's name for it", async () => {
        for (const { name, on, code } of fridaErrors.filter((row) => row.name !== undefined)) {
            const error = await translated(new EngineError(name!, "something new", on ?? "linux"));
            assert.ok(error instanceof UserError, name);
            assert.equal(error.code, code, name);
        }
    });

    it("an error of Frida that no user can cause stays a fault of poolnv", async () => {
        const fault = new EngineError("InvalidArgumentError", "Invalid script ID", "linux");
        assert.equal(await translated(fault), fault);
    });
});

async function check(expected: FridaText, name: string): Promise<void> {
    const error = await translated(new EngineError(name, textOf(expected), expected.system));
    assert.ok(error instanceof UserError, `a fault: ${String(error)}`);
    assert.equal(error.code, expected.code);
    const exitCodes = ["NO_SUCH_PROGRAM", "NO_SUCH_FOLDER"].includes(error.code) ? [2] : [3, 4, 5];
    assert.ok(exitCodes.includes(userErrorExitCodes[error.code]), error.code);
    assert.match(error.message, expected.says ?? RegExp(escaped(textOf(expected))));
    assert.match(error.resolution, expected.resolution);
    assert.doesNotMatch(error.message + error.resolution, /\n|\$\d/);
}

function escaped(text: string): string {
    return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
