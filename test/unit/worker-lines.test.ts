import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, it } from "node:test";
import { readLines } from "../../host/frida/worker/worker-lines.js";

describe("worker lines", () => {
    async function read(pieces: (string | Buffer)[], limit: number): Promise<{ lines: string[]; tooLong: number }> {
        const stream = new PassThrough();
        const lines: string[] = [];
        let tooLong = 0;
        readLines(
            stream,
            limit,
            (line) => lines.push(line),
            () => tooLong++,
        );
        for (const piece of pieces) {
            stream.write(piece);
            await new Promise(setImmediate);
        }
        return { lines, tooLong };
    }

    it("readLines joins lines and characters that arrive in pieces", async () => {
        const bytes = Buffer.from("one\ntw\u00f6\n\nthree");
        const pieces = [...bytes].map((byte) => Buffer.from([byte]));
        assert.deepEqual(await read(pieces, 100), { lines: ["one", "tw\u00f6", ""], tooLong: 0 });
    });

    it("readLines reads nothing after a line that is too long", async () => {
        const pieces = ["one\n", ..."x".repeat(20), "\n", "two\n"];
        assert.deepEqual(await read(pieces, 10), { lines: ["one"], tooLong: 1 });
    });
});
