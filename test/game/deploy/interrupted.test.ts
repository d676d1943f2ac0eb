import assert from "node:assert/strict";
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { commandLine } from "../../fixtures/support/poolnv.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { run } from "../../unit/command-runner.js";
import { makeTinyGame } from "./tiny-game.js";
import { treeOf } from "./tree.js";

const scratch = scratchFolder();
const preload = fileURLToPath(new URL("die-at-call.js", import.meta.url));
const install = ["--yes", "--set-laa"];
const uninstallArgs = ["--yes", "--uninstall"];
let count = 0;

describe("poolnv deploy that is killed", () => {
    it("poolnv deploy killed at any step: every file is whole, a second run completes it, uninstall removes it", async () => {
        const fresh = makeTinyGame(join(scratch, "game"));
        const original = treeOf(fresh);
        const game = copyOf(fresh);
        assert.equal((await deploy(game, install)).code, 0);
        const complete = treeOf(game);
        assert.notDeepEqual(complete, original);

        let step = 1;
        for (; ; step++) {
            rmSync(game, { recursive: true });
            cpSync(fresh, game, { recursive: true });
            const died = await deployAndDie(game, install, step);
            assertWhole(game, original, complete, `step ${step}`);
            if (!died) break;
            const other = copyOf(game);
            const taken = await deploy(other, uninstallArgs);
            assert.ok(taken.code === 0 || /Nothing was deployed/.test(taken.stderr), taken.stderr);
            assert.deepEqual(treeOf(other), original, `uninstalled after step ${step}`);
            const again = await deploy(game, install);
            assert.equal(again.code, 0, again.stderr);
            assert.deepEqual(treeOf(game), complete, `deployed again after step ${step}`);
        }
        assert.ok(step > 20, `${step} steps`);
        assert.deepEqual(treeOf(game), complete);
    });

    it("poolnv deploy --uninstall killed at any step: every file is whole, a second run completes it", async () => {
        const fresh = makeTinyGame(join(scratch, "game to leave"));
        const original = treeOf(fresh);
        const deployed = copyOf(fresh);
        await deploy(deployed, install);
        const complete = treeOf(deployed);
        let step = 1;
        for (; ; step++) {
            const game = copyOf(deployed);
            const died = await deployAndDie(game, uninstallArgs, step);
            assertWhole(game, original, complete, `step ${step}`);
            if (died) {
                const again = await deploy(game, uninstallArgs);
                assert.ok(again.code === 0 || /Nothing was deployed/.test(again.stderr), again.stderr);
            }
            assert.deepEqual(treeOf(game), original, `step ${step}`);
            if (!died) break;
        }
        assert.ok(step > 5, `${step} steps`);
    });

    it("poolnv deploy killed at a random moment: a second run completes it, uninstall removes it", async () => {
        const fresh = makeTinyGame(join(scratch, "game at random"));
        const original = treeOf(fresh);
        for (let round = 0; round < 12; round++) {
            const game = copyOf(fresh);
            const process = start(game, install, {});
            await pause(150 + 40 * round);
            process.kill("SIGKILL");
            await process;
            assert.equal((await deploy(game, install)).code, 0);
            assert.equal((await deploy(game, uninstallArgs)).code, 0);
            assert.deepEqual(treeOf(game), original, `round ${round}`);
        }
    });
});

describe("concurrent deploys", () => {
    it("three poolnv deploy at once write the same files as one", async () => {
        const fresh = makeTinyGame(join(scratch, "game of two"));
        const alone = copyOf(fresh);
        await deploy(alone, ["--yes"]);
        const game = copyOf(fresh);
        const ends = await Promise.all([1, 2, 3].map(() => start(game, ["--yes"], {})));
        // A deploy that planned before another one was done refuses to carry out an outdated plan.
        assert.ok(ends.some(({ exitCode }) => exitCode === 0));
        assert.ok(ends.every(({ exitCode }) => exitCode === 0 || exitCode === 2));
        assert.deepEqual(Object.keys(treeOf(game)), Object.keys(treeOf(alone)));
    });
});

/** Every file has its old or its new content; incomplete ones have temporary names. */
function assertWhole(game: string, ...rest: [Record<string, string>, Record<string, string>, string]): void {
    const [before, after, when] = rest;
    for (const [name, digest] of Object.entries(treeOf(game))) {
        if (name.endsWith(".poolnv-new")) continue;
        if (name === "poolnv-deploy.json") {
            JSON.parse(readFileSync(join(game, name), "utf8"));
        } else if (name === "poolnv-launch.sh") {
            assert.match(readFileSync(join(game, name), "utf8"), /^#!.*\nexit "\$code"\n$/s);
        } else {
            assert.ok([before[name], after[name]].includes(digest), `${when}: ${name}`);
        }
    }
    assert.ok(existsSync(join(game, "FalloutNV.exe")), when);
}

/** The launcher names its folder, so that copies must stand in a place of the same name. */
function copyOf(folder: string): string {
    const copy = join(scratch, String(count++));
    cpSync(folder, copy, { recursive: true });
    return copy;
}

function deploy(game: string, options: string[]) {
    return run(["deploy", "--game", game, ...options]);
}

function start(game: string, options: string[], env: Record<string, string>) {
    const args = [commandLine, "deploy", "--game", game, ...options];
    return execa(process.execPath, args, { reject: false, stdin: "ignore", env });
}

/** @returns false if it ended before that step */
async function deployAndDie(game: string, options: string[], step: number): Promise<boolean> {
    const { exitCode, signal } = await start(game, options, {
        NODE_OPTIONS: `--import=${preload}`,
        POOLNV_TEST_DIE_AT: String(step),
        POOLNV_TEST_DIE_IN: game,
    });
    assert.ok(signal === "SIGKILL" || exitCode === 0, `exit code ${exitCode}`);
    return signal === "SIGKILL";
}
