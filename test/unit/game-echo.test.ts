import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { piecesForGame } from "../../host/client/main-thread/game-echo.js";
import type { PoolClient } from "../../host/client/pool-client.js";
import { runScript } from "../../host/repl/script/run-script.js";
import { statisticsBlock } from "../../host/text/statistics-block.js";
import { fakeClient, FakeTransport, statistics } from "./fake-transport.js";

const script = ['PrintC "a %.2f b" 1.5', "GetMemoryPoolStats", "GetMemoryPoolUsage", 'PrintC "last"'].join("\n");
const everything = ["a 1.50 b", ...statisticsBlock(statistics), "last"];

describe("the echo on the game's console", () => {
    it("the echo prints nothing in the game by default", async () => {
        const transport = new FakeTransport();
        await runScript(fakeClient(transport), script);
        assert.deepEqual(transport.work, []);
    });

    it("the echo prints PrintC output and statistics in order", async () => {
        const { transport, pool, warnings } = echoing();
        await runScript(pool, script);
        assert.deepEqual(
            transport.work,
            everything.map((text) => ({ kind: "print", text })),
        );
        assert.deepEqual(warnings, []);
    });

    it("the echo escapes control characters", async () => {
        const { transport, pool } = echoing();
        await pool.repeatInGame(["bell\u0007 and\nline\u001b[31m", "turned \u202e round"]);
        assert.deepEqual(
            transport.work.map(({ text }) => text),
            ["bell\\x07 and\\x0aline\\x1b[31m", "turned \\u{202e} round"],
        );
    });

    it("the echo warns once if the program has no console", async () => {
        const { transport, pool, warnings } = echoing();
        Object.assign(transport.facts, { hasMainThreadQueue: false });
        await runScript(pool, script);
        assert.deepEqual(transport.work, []);
        assert.equal(warnings.length, 1);
        assert.match(warnings[0]!, /^not printed in the game: /);
    });

    it("the echo waits once for a game without frames, and prints again when frames run", async () => {
        const { transport, pool, warnings } = echoing();
        let [frames, runs] = [7, false];
        transport.answers.gameState = () => ({ frames, loading: null });
        transport.answers.workState = () => (runs ? "done" : "waiting");
        transport.answers.cancelWork = () => true;
        const { printed } = await runScript(pool, script);
        assert.equal(printed.at(-1), "last");
        assert.equal(transport.work.length, 1, "it was not asked again while it stood still");
        assert.equal(warnings.length, 1);
        [frames, runs] = [8, true];
        await pool.repeatInGame(["again"]);
        assert.equal(transport.work.at(-1)!.text, "again");
        assert.equal(warnings.length, 1);
    });

    it("the echo gives up on a game that hangs while it prints", async () => {
        const { transport, pool, warnings } = echoing();
        transport.answers.workState = () => "running";
        await pool.repeatInGame(["one", "two"]);
        assert.equal(transport.work.length, 1);
        assert.match(warnings[0]!, /has not finished within/);
    });
});

describe("piecesForGame", () => {
    for (const [what, line] of [
        ["a short line into one piece", "short"],
        ["an empty line into one piece", ""],
        ["500 bytes into one piece", "x".repeat(500)],
        ["501 bytes", "x".repeat(501)],
        ["a line of words", "some words and more ".repeat(100)],
        ["multi-byte characters", "é✓𝄞".repeat(300)],
        ["a line whose only space is the first character", ` ${"y".repeat(900)}`],
    ] as const) {
        it(`piecesForGame splits ${what}`, () => {
            const pieces = piecesForGame(line);
            assert.equal(pieces.join(""), line);
            for (const piece of pieces) assert.ok(Buffer.byteLength(piece) <= 500, String(Buffer.byteLength(piece)));
            assert.ok(pieces.length <= Math.ceil(Buffer.byteLength(line) / 400) + 1, String(pieces.length));
        });
    }

    it("piecesForGame splits after a space", () => {
        assert.deepEqual(piecesForGame(`${"a".repeat(300)} ${"b".repeat(300)}`), [
            `${"a".repeat(300)} `,
            "b".repeat(300),
        ]);
    });
});

function echoing(): { transport: FakeTransport; pool: PoolClient; warnings: string[] } {
    const transport = new FakeTransport();
    const warnings: string[] = [];
    const pool = fakeClient(transport, { printInGame: true, onProgress: (line) => warnings.push(line) });
    return { transport, pool, warnings };
}
