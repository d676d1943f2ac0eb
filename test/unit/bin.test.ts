import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../host/bin.js", import.meta.url));

/** Starts the program itself. Its standard input stays open, as a terminal's does. */
function start(...argv: string[]) {
    const child = spawn(process.execPath, [bin, ...argv]);
    const exit = once(child, "exit").then(([code]) => code as number | null);
    return { child, exit };
}

describe("bin.js", () => {
    it("bin.js prints its version and exits while standard input stays open", async () => {
        const { child, exit } = start("--version");
        assert.match(await text(child.stdout), /^\d+\.\d+\.\d+\n$/);
        assert.equal(await exit, 0);
    });

    it("bin.js exits with 2 for wrong usage", async () => {
        const { child, exit } = start("frobnicate");
        assert.match(await text(child.stderr), /Unknown command: frobnicate/);
        assert.equal(await exit, 2);
    });

    it("bin.js exits normally if the reader has closed the pipe", async () => {
        const { child, exit } = start("attach", "--help");
        child.stdout.destroy();
        assert.equal(await text(child.stderr), "");
        assert.equal(await exit, 0);
    });
});
