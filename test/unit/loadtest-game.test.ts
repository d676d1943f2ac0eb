import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { scratchFolder } from "../fixtures/support/scratch-folder.js";
import { placeGame } from "../game/installations/fake-steam.js";
import { recordsOf } from "../game/loadtest/expected-verdicts.js";
import { cutOff, writeSaves } from "../game/loadtest/folder-of-saves.js";
import { run } from "./command-runner.js";

/** The save can't be read, so no program is started. */
describe("poolnv loadtest --game", () => {
    const folder = scratchFolder();
    const saves = join(folder, "saves");
    const game = join(folder, "Fallout New Vegas");
    writeSaves(saves, { "Save 1": cutOff });
    placeGame(game);

    it("poolnv loadtest --game DIR tests the game in that folder; arguments after -- are not its program", async () => {
        const results = join(folder, "results.jsonl");
        const { code, stderr } = await run(["loadtest", saves, "--game", game, "--results", results, "--", "-quiet"]);
        assert.equal(code, 6, stderr);
        const [first] = await recordsOf(results);
        assert.ok(first?.kind === "run");
        assert.equal(first.program, "FalloutNV.exe");
    });

    it("poolnv loadtest --game DIR without the game in it exits with 2 and NO_GAME", async () => {
        const { code, stdout } = await run(["loadtest", saves, "--game", saves, "--json"]);
        assert.equal(code, 2);
        assert.equal((JSON.parse(stdout) as { error: { code: string } }).error.code, "NO_GAME");
    });

    it("poolnv loadtest refuses --game together with --program", async () => {
        const { code, stderr } = await run(["loadtest", saves, "--game", game, "--program", "node"]);
        assert.equal(code, 2);
        assert.match(stderr, /--game and --program exclude each other\.\n {2}Leave one/);
    });
});
