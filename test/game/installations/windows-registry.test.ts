import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { findGames } from "../../../host/game/find-games.js";
import { keyOfWindows, type RegistryTool } from "../../../host/game/registry/read-registry.js";
import { readEnvironments } from "../../fixtures/prepare/environments.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { placeGame } from "./fake-steam.js";

const { wine } = readEnvironments();

describe("the registry of Windows, read by Wine's reg", { skip: !wine.ready && wine.reason }, () => {
    const scratch = scratchFolder();
    const key = "HKCU\\Software\\poolnv test";
    let tool: RegistryTool;

    before(() => {
        assert.ok(wine.ready);
        const env = { WINEPREFIX: wine.prefix, WINEDEBUG: "-all" };
        tool = { command: [wine.wine, "reg.exe"], env, ownPath: (path) => "Z:" + path.replaceAll("/", "\\") };
        add("Installed Path", 'Z:\\Spiele für 日本\\"100%" & ^!\\');
        add("Other", "1", "REG_DWORD");
    });
    after(() => reg("delete", key, "/f"));

    it("keyOfWindows returns the strings of a key, in any script", async () => {
        const values = await keyOfWindows(key, tool);
        assert.deepEqual([...values!], [["installed path", 'Z:\\Spiele für 日本\\"100%" & ^!\\']]);
    });

    it("keyOfWindows returns null for a missing key or a missing tool", async () => {
        assert.equal(await keyOfWindows(`${key}\\nothing`, tool), null);
        assert.equal(await keyOfWindows(key, { ...tool, command: [join(scratch, "nothing")] }), null);
    });

    it("findGames on Windows finds the folder in GOG's registry key", async () => {
        const folder = placeGame(join(scratch, "GOG für mich"));
        const gog = "HKLM\\SOFTWARE\\WOW6432Node\\GOG.com\\Games\\1454587428";
        reg("add", gog, "/v", "path", "/t", "REG_SZ", "/d", folder, "/f");
        try {
            const { games } = await findGames({ platform: "win32", env: {}, registry: tool });
            assert.deepEqual(
                games.map((game) => [game.folder, game.store, game.prefix]),
                [[folder, "gog", null]],
            );
        } finally {
            reg("delete", gog, "/f");
        }
    });

    function add(name: string, value: string, type = "REG_SZ"): void {
        reg("add", key, "/v", name, "/t", type, "/d", value, "/f");
    }

    function reg(...args: string[]): void {
        const [program, ...first] = tool.command;
        execFileSync(program, [...first, ...args], { env: { ...process.env, ...tool.env }, stdio: "ignore" });
    }
});
