import assert from "node:assert/strict";
import { appendFileSync, chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, it } from "node:test";
import { readProgramFacts } from "../../../host/game/program-facts.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { run } from "../../unit/command-runner.js";
import { makeTinyGame } from "./tiny-game.js";
import { treeOf } from "./tree.js";

const scratch = scratchFolder();
let game: string;
let original: Record<string, string>;
let count = 0;

beforeEach(() => {
    game = makeTinyGame(join(scratch, `game ${count++}`));
    original = treeOf(game);
});

describe("poolnv deploy --set-laa", () => {
    const program = () => join(game, "FalloutNV.exe");
    const backup = () => join(game, "FalloutNV.exe.poolnv-backup");

    it("poolnv deploy --set-laa: sets one bit of the program and keeps a backup, which uninstall restores", async () => {
        const before = readFileSync(program());
        chmodSync(program(), 0o755);
        assert.equal(readProgramFacts(program(), []).largeAddressAware, false);
        const { code, stdout } = await deploy("--yes", "--set-laa");
        assert.equal(code, 0);
        assert.match(stdout, /large-address-aware flag, one bit/);
        const after = readFileSync(program());
        const changed = [...after.keys()].filter((at) => after[at] !== before[at]);
        assert.deepEqual(
            changed.map((at) => after[at]! ^ before[at]!),
            [0x20],
        );
        assert.deepEqual([readProgramFacts(program(), []).largeAddressAware, readFileSync(backup())], [true, before]);
        if (process.platform !== "win32") assert.equal(statSync(program()).mode & 0o777, 0o755);
        assert.match((await deploy("--yes", "--set-laa")).stdout, /Everything is there already/);
        assert.match((await deploy("--yes", "--uninstall")).stdout, /is restored from its backup/);
        assert.deepEqual(treeOf(game), original);
    });

    it("poolnv deploy --set-laa: refuses a program that Steam protects, without a change", async () => {
        makeTinyGame(game, { protectedBySteam: true });
        original = treeOf(game);
        const { code, stderr } = await deploy("--yes", "--set-laa");
        assert.deepEqual([code, treeOf(game)], [5, original]);
        assert.match(stderr, /protected by Steam.*\n.*4GB Patcher/);
        assert.equal((await deploy("--yes")).code, 0);
    });

    it("poolnv deploy --uninstall: leaves a program that was updated since --set-laa, and its backup", async () => {
        await deploy("--yes", "--set-laa");
        appendFileSync(program(), "update");
        const before = treeOf(game);
        assert.match((await deploy("--yes", "--uninstall")).stdout, /stays, and its backup too/);
        for (const name of ["FalloutNV.exe", "FalloutNV.exe.poolnv-backup"]) {
            assert.equal(treeOf(game)[name], before[name]);
        }
    });
});

function deploy(...args: string[]) {
    return run(["deploy", "--game", game, ...args]);
}
