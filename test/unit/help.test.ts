import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { run } from "./command-runner.js";

describe("the help", async () => {
    const { stdout } = await run(["--help"]);
    const commands = [...new Set([...stdout.matchAll(/^ {2}poolnv (\w+)/gm)].map(([, name]) => name!))];

    it("poolnv --help lists at least 12 commands", () => {
        assert.ok(commands.length >= 12, stdout);
    });

    for (const command of commands) {
        it(`poolnv ${command} --help has examples`, async () => {
            const { code, stdout: help } = await run([command, "--help"]);
            assert.equal(code, 0);
            assert.match(help, new RegExp(`^Examples:\\n.*poolnv ${command}\\b`, "m"));
        });
    }
});
