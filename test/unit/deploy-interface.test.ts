import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { deploy, undeploy } from "../../host/index.js";
import { scratchFolder } from "../fixtures/support/scratch-folder.js";
import { makeTinyGame } from "../game/deploy/tiny-game.js";

const folder = scratchFolder();

it("deploy writes the files of a game that it returns, and undeploy removes them", async () => {
    const game = join(folder, "Fallout New Vegas");
    makeTinyGame(game);
    const files = await deploy({ game });
    assert.ok(files.some((file) => file.endsWith("poolnv.ini")));
    for (const file of files) assert.ok(existsSync(file), file);
    assert.deepEqual(await deploy({ game }), files, "nothing changes the second time");
    assert.deepEqual((await undeploy({ game })).sort(), [...files].sort());
    for (const file of files) assert.ok(!existsSync(file), file);
    await assert.rejects(undeploy({ game }), { code: "NOT_DEPLOYED" });
});
