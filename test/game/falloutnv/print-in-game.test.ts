import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { attach } from "../../../host/client/open.js";
import type { PoolClient } from "../../../host/client/pool-client.js";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { whyNot, wineEnvironment } from "../../fixtures/support/targets.js";
import type { Victim } from "../../fixtures/support/victim.js";
import { withStandin } from "./stand-ins.js";

describe("printing on the game's console", { skip: whyNot("win32-ucrt") ?? false }, () => {
    Object.assign(process.env, wineEnvironment());
    const env = wineEnvironment();

    it("print_in_game: repeats a script's lines and the statistics, by option and by settings file", () =>
        withPool(async (standin, program) => {
            const [script, settings] = ["check.txt", "own.ini"].map((name) => join(dirname(program), name));
            writeFileSync(script!, 'PrintC "100 %% of %.2f MB, \\ and %s" 1.5 "%n"\nIsMemoryPoolActive\n');
            writeFileSync(settings!, "[pool]\nprint_in_game = on\n");
            const pid = String(standin.pid);
            const run = await poolnv(["run", pid, script!, "--print-in-game", "on"], { env });
            assert.equal(run.code, 0, run.stderr);
            assert.deepEqual(await linesOf(standin), [run.stdout.split("\n")[0]]);
            const exec = await poolnv(["exec", pid, "GetMemoryPoolStats", "--config", settings!], { env });
            assert.equal(exec.code, 0, exec.stderr);
            const lines = await linesOf(standin);
            assert.equal(lines.length, 7);
            assert.equal(lines[0], "=== Memory Pool Statistics ===");
            assert.deepEqual(lines, exec.stdout.split("\n").slice(0, 7));
            const input = "GetMemoryPoolUsage\nrun " + script! + "\nGetMemoryPoolStats\n";
            const console = await poolnv(["attach", pid, "--print-in-game", "on"], { env, input });
            assert.equal(console.code, 0, console.stderr);
            const heard = await linesOf(standin);
            assert.equal(heard.length, 8);
            assert.equal(heard[0], run.stdout.split("\n")[0]);
            assert.equal(heard[1], "=== Memory Pool Statistics ===");
            const { violations } = await standin.numbers("check");
            assert.equal(violations, 0, await standin.order("fault"));
        }));

    it("without print_in_game: nothing is printed in the game", () =>
        withPool(async (standin) => {
            const run = await poolnv(["exec", String(standin.pid), "GetMemoryPoolStats"], { env });
            assert.equal(run.code, 0, run.stderr);
            await standin.numbers("frames 20");
            assert.deepEqual(await linesOf(standin), []);
        }));

    it("print_in_game: splits long lines and removes control characters", () =>
        withPool(async (standin) => {
            const pool = await echoing(standin, []);
            const long = "words and numbers, 12345; ".repeat(60);
            await pool.repeatInGame([long]);
            const pieces = await linesOf(standin);
            assert.equal(pieces.join(""), long);
            assert.ok(pieces.length >= 4 && pieces.every((piece) => piece.length <= 500));
            await pool.repeatInGame(["bell\u0007, \u001b[31mred\nand a second line"]);
            assert.deepEqual(await linesOf(standin), ["bell\\x07, \\x1b[31mred\\x0aand a second line"]);
            await pool.close();
        }));

    it("print_in_game: warns once while the game runs no frames, and resumes", () =>
        withPool(async (standin) => {
            const warnings: string[] = [];
            const pool = await echoing(standin, warnings);
            await standin.order("pause");
            const statistics = await pool.getMemoryPoolStats();
            assert.ok(statistics.pool_allocs > 0);
            await pool.repeatInGame(["unheard"]);
            assert.equal(warnings.filter((line) => line.startsWith("not printed in the game: ")).length, 1);
            const exec = await poolnv(
                ["exec", String(standin.pid), "GetMemoryPoolStats", "--print-in-game", "on", "--json"],
                { env, timeout: 60_000 },
            );
            assert.equal(exec.code, 0, exec.stderr);
            assert.match(exec.stderr, /not printed in the game/);
            assert.ok((JSON.parse(exec.stdout) as { pool_allocs: number }).pool_allocs > 0);
            await standin.order("resume");
            await standin.numbers("frames 20");
            await pool.repeatInGame(["heard"]);
            assert.deepEqual(await linesOf(standin), ["heard"]);
            await pool.close();
        }));
});

async function withPool(work: (standin: Victim, program: string) => Promise<void>): Promise<void> {
    await withStandin({}, [], async (standin, program) => {
        await (await attach(standin.pid)).close();
        await linesOf(standin);
        await work(standin, program);
    });
}

async function echoing(standin: Victim, warnings: string[]): Promise<PoolClient> {
    const options = { printInGame: true, onProgress: (line: string) => void warnings.push(line) };
    return attach(standin.pid, options);
}

/** New lines of the game's console since the last call. */
async function linesOf(standin: Victim): Promise<string[]> {
    return JSON.parse(await standin.order("console")) as string[];
}
