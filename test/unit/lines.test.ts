import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, it } from "node:test";
import { readLines } from "../../host/frida/worker/lines.js";

describe("the lines of a worker", () => {
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

    it("lines of a worker are joined from pieces, within characters too", async () => {
        const bytes = Buffer.from("one\ntw\u00f6\n\nthree");
        const pieces = [...bytes].map((byte) => Buffer.from([byte]));
        assert.deepEqual(await read(pieces, 100), { lines: ["one", "tw\u00f6", ""], tooLong: 0 });
    });

    it("lines of a worker are dropped after one that is too long", async () => {
        const pieces = ["one\n", ..."x".repeat(20), "\n", "two\n"];
        assert.deepEqual(await read(pieces, 10), { lines: ["one"], tooLong: 1 });
    });
});
