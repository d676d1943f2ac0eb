import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { statisticsBlock } from "../../host/text/statistics-block.js";
import { MemoryPool } from "../../host/client/memory-pool.js";
import { piecesForGame } from "../../host/client/main-thread/game-echo.js";
import { runScript } from "../../host/repl/script/run-script.js";
import { FakeSession, statistics } from "./fake-session.js";

const script = ['PrintC "a %.2f b" 1.5', "GetMemoryPoolStats", "GetMemoryPoolUsage", 'PrintC "last"'].join("\n");
const everything = ["a 1.50 b", ...statisticsBlock(statistics), "last"];

describe("what is printed in the game, too", () => {
    it("nothing is printed in the game unless printInGame is set", async () => {
        const session = new FakeSession();
        await runScript(new MemoryPool(session), script);
        assert.deepEqual(session.work, []);
    });

    it("printInGame prints lines of PrintC and the statistics in order", async () => {
        const { session, pool, warnings } = echoing();
        await runScript(pool, script);
        assert.deepEqual(
            session.work,
            everything.map((text) => ({ kind: "print", text })),
        );
        assert.deepEqual(warnings, []);
    });

    it("printInGame removes control characters", async () => {
        const { session, pool } = echoing();
        await pool.repeatInGame(["bell\u0007 and\nline\u001b[31m", "turned \u202e round"]);
        assert.deepEqual(
            session.work.map(({ text }) => text),
            ["bell\\x07 and\\x0aline\\x1b[31m", "turned \\u{202e} round"],
        );
    });

    it("printInGame warns once if the game's console is out of reach", async () => {
        const { session, pool, warnings } = echoing();
        Object.assign(session.facts, { hasMainThreadQueue: false });
        await runScript(pool, script);
        assert.deepEqual(session.work, []);
        assert.equal(warnings.length, 1);
        assert.match(warnings[0]!, /^not printed in the game: /);
    });

    it("printInGame waits once for a game that runs no frames and continues when it does", async () => {
        const { session, pool, warnings } = echoing();
        let [frames, runs] = [7, false];
        session.gameState = async () => ({ frames, loading: null });
        session.workState = async () => (runs ? "done" : "waiting");
        session.cancelWork = async () => true;
        const { printed } = await runScript(pool, script);
        assert.equal(printed.at(-1), "last");
        assert.equal(session.work.length, 1, "it was not asked again while it stood still");
        assert.equal(warnings.length, 1);
        [frames, runs] = [8, true];
        await pool.repeatInGame(["again"]);
        assert.equal(session.work.at(-1)!.text, "again");
        assert.equal(warnings.length, 1);
    });

    it("printInGame stops waiting for a game that hangs while it prints", async () => {
        const { session, pool, warnings } = echoing();
        session.workState = async () => "running";
        await pool.repeatInGame(["one", "two"]);
        assert.equal(session.work.length, 1);
        assert.match(warnings[0]!, /has not done within/);
    });
});

describe("a long line in pieces", () => {
    for (const [what, line] of [
        ["short ones are one", "short"],
        ["none is one, too", ""],
        ["500 bytes are one", "x".repeat(500)],
        ["one byte more", "x".repeat(501)],
        ["words", "some words and more ".repeat(100)],
        ["letters of several bytes", "é✓𝄞".repeat(300)],
        ["a space at the very begin", ` ${"y".repeat(900)}`],
    ] as const)
        it(`a line for the game is split into pieces of at most 500 bytes: ${what}`, () => {
            const pieces = piecesForGame(line);
            assert.equal(pieces.join(""), line);
            for (const piece of pieces) assert.ok(Buffer.byteLength(piece) <= 500, String(Buffer.byteLength(piece)));
            assert.ok(pieces.length <= Math.ceil(Buffer.byteLength(line) / 400) + 1, String(pieces.length));
        });

    it("a long line for the game is split after a space", () => {
        assert.deepEqual(piecesForGame(`${"a".repeat(300)} ${"b".repeat(300)}`), [
            `${"a".repeat(300)} `,
            "b".repeat(300),
        ]);
    });
});

function echoing(): { session: FakeSession; pool: MemoryPool; warnings: string[] } {
    const session = new FakeSession();
    const warnings: string[] = [];
    const pool = new MemoryPool(session, { printInGame: true, onProgress: (line) => warnings.push(line) });
    return { session, pool, warnings };
}
