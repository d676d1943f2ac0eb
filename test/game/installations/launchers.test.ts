import assert from "node:assert/strict";
import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, it } from "node:test";
import { findGames } from "../../../host/game/find-games.js";
import { findSavesFolders } from "../../../host/game/saves/saves-folders.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { makePrefix, placeGame, write } from "./fake-steam.js";

const onUnix = { skip: process.platform === "win32" && "these launchers are for Linux" };
const scratch = scratchFolder();
const saves = "My Games/FalloutNV/Saves";
const epicApp = "5daeb974a22a435988892319b3a4f476";
const gogApp = "1454587428";

let home: string;
let count = 0;
beforeEach(() => {
    home = join(scratch, `home ${count++}`);
    mkdirSync(home);
});

describe("installations and saves of Heroic", onUnix, () => {
    for (const config of [".config", ".var/app/com.heroicgameslauncher.hgl/config"]) {
        it(`findGames and findSavesFolders: a game from GOG in Heroic, its prefix in ~/${config}/heroic`, async () => {
            const root = join(home, config, "heroic");
            const folder = placeGame(join(home, "disk/FNV"));
            const prefix = prefixWithSaves(join(home, "elsewhere/fnv"));
            writeJson(join(root, "gog_store/installed.json"), {
                installed: [
                    { platform: "windows", executable: "", install_path: join(home, "gone"), appName: "1207658924" },
                    { platform: "windows", executable: "", install_path: folder, is_dlc: false, appName: gogApp },
                ],
            });
            writeJson(join(root, `GamesConfig/${gogApp}.json`), {
                [gogApp]: { winePrefix: prefix, wineVersion: { bin: "/usr/bin/wine", type: "wine" } },
                version: "v0",
                explicit: true,
            });
            const { games, unreadable } = await find();
            assert.deepEqual(
                games.map((game) => [game.folder, game.store, game.prefix]),
                [[folder, "gog", prefix]],
            );
            assert.deepEqual(unreadable, []);
            assert.deepEqual(findSaves(), [join(prefix, "drive_c/users/steamuser/Documents", saves)]);
        });
    }

    it("findGames: a game from Epic in Heroic, in the folder of its language, in the prefix of a Proton", async () => {
        const root = join(home, ".config/heroic");
        const installed = join(home, "Games/Heroic/FalloutNewVegas");
        const folder = placeGame(join(installed, "Fallout New Vegas German"));
        const named = join(home, "Games/Heroic/Prefixes/default/Fallout New Vegas");
        const pfx = prefixWithSaves(join(named, "pfx"), "My Games/FalloutNV_Epic/Saves");
        writeJson(join(root, "legendaryConfig/legendary/installed.json"), {
            Sugar: { app_name: "Sugar", install_path: join(home, "gone"), title: "Another" },
            [epicApp]: { app_name: epicApp, install_path: installed, executable: "FalloutNVLauncher.exe" },
        });
        writeJson(join(root, `GamesConfig/${epicApp}.json`), { [epicApp]: { winePrefix: named }, version: "v0" });
        const { games } = await find();
        assert.deepEqual(
            games.map((game) => [game.folder, game.store, game.prefix]),
            [[folder, "epic", pfx]],
        );
        assert.deepEqual(findSaves(), [join(pfx, "drive_c/users/steamuser/Documents/My Games/FalloutNV_Epic/Saves")]);
    });

    it("findGames: each language that Epic has installed is listed", async () => {
        const installed = join(home, "Games/Heroic/FalloutNewVegas");
        const [english, french] = ["English", "French"].map((name) =>
            placeGame(join(installed, `Fallout New Vegas ${name}`)),
        );
        const list = { [epicApp]: { install_path: installed } };
        writeJson(join(home, ".config/heroic/legendaryConfig/legendary/installed.json"), list);
        assert.deepEqual(
            (await find()).games.map((game) => game.folder),
            [english, french],
        );
    });

    it("findGames: a program that was added to Heroic by hand, and the usual prefixes", async () => {
        const folder = placeGame(join(home, "disk/fnv"), "FalloutNV.exe");
        const executable = join(folder, "nvse_loader.exe");
        writeJson(join(home, ".config/heroic/sideload_apps/library.json"), {
            games: [
                { runner: "sideload", app_name: "abc", title: "FNV", install: { executable, platform: "windows" } },
            ],
        });
        const prefix = prefixWithSaves(join(home, "Games/Heroic/Prefixes/default/FNV"));
        const inside = placeGame(join(prefix, "drive_c/GOG Games/Fallout New Vegas"));
        assert.deepEqual(
            (await find()).games.map((game) => game.folder),
            [folder, inside],
        );
        assert.equal(findSaves().length, 1);
    });

    it("findGames reports files of Heroic that are damaged, and finds the rest", async () => {
        const root = join(home, ".config/heroic");
        const folder = placeGame(join(home, "disk/FNV"));
        write(join(root, "legendaryConfig/legendary/installed.json"), "{ half");
        writeJson(join(root, `GamesConfig/${gogApp}.json`), { [gogApp]: { winePrefix: 7 } });
        writeJson(join(root, "gog_store/installed.json"), {
            installed: [null, 5, { appName: gogApp, install_path: folder }],
        });
        writeJson(join(root, "config.json"), [1]);
        write(join(root, "sideload_apps/library.json"), "null");
        const { games, unreadable } = await find();
        assert.deepEqual(
            games.map((game) => game.folder),
            [folder],
        );
        assert.deepEqual(
            unreadable.map(({ reason }) => reason),
            ["it is not valid"],
        );
    });

    it("findGames reports a game that Heroic lists and that is not there", async () => {
        writeJson(join(home, ".config/heroic/gog_store/installed.json"), {
            installed: [{ appName: gogApp, install_path: join(home, "gone") }],
        });
        const { games, unreadable } = await find();
        assert.deepEqual(games, []);
        assert.match(unreadable[0]!.reason, /names .*gone, which has no FalloutNV\.exe/);
    });
});

describe("installations and saves of Lutris", onUnix, () => {
    for (const place of [
        ".local/share/lutris",
        ".config/lutris",
        ".var/app/net.lutris.Lutris/data/lutris",
        ".var/app/net.lutris.Lutris/config/lutris",
    ]) {
        it(`findGames and findSavesFolders: a game of Lutris, its settings in ~/${place}/games`, async () => {
            const prefix = prefixWithSaves(join(home, "lutris/fnv"));
            const folder = placeGame(join(prefix, "drive_c/My Games Here/FNV"));
            const lines = [
                "game:",
                "  arch: win64",
                `  exe: ${join(folder, "FalloutNVLauncher.exe")}`,
                `  prefix: ${prefix}`,
                "system:",
                "  env: {}",
                "wine:",
                "  version: wine-ge-8-26-x86_64",
            ];
            write(join(home, place, "games/fallout-new-vegas-1700000000.yml"), `${lines.join("\n")}\n`);
            const { games, unreadable } = await find();
            assert.deepEqual(
                games.map((game) => [game.folder, game.prefix]),
                [[folder, prefix]],
            );
            assert.match(games[0]!.via[0]!, /fallout-new-vegas-1700000000\.yml$/);
            assert.deepEqual(unreadable, []);
            assert.deepEqual(findSaves(), [join(prefix, "drive_c/users/steamuser/Documents", saves)]);
        });
    }

    it("findGames: a program that Lutris names within the prefix or below ~, and prefixes in ~/Games", async () => {
        const prefix = prefixWithSaves(join(home, "Games/fallout-new-vegas"));
        const folder = placeGame(join(prefix, "drive_c/FNV"));
        const games = join(home, ".local/share/lutris/games");
        write(join(games, "a.yml"), "game:\n  exe: drive_c/FNV/FalloutNV.exe\n  prefix: ~/Games/fallout-new-vegas\n");
        assert.deepEqual(
            (await find()).games.map((game) => game.folder),
            [folder],
        );
        renameSync(join(games, "a.yml"), join(games, "a.txt"));
        assert.deepEqual((await find()).games, []);
        assert.equal(findSaves().length, 1);
    });

    it("findGames reports settings of Lutris that are damaged or a bomb, and finds the rest", async () => {
        const games = join(home, ".local/share/lutris/games");
        const folder = placeGame(join(home, "FNV"));
        write(join(games, "a.yml"), "game: [");
        const bomb = Array.from({ length: 30 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`).join("\n");
        write(join(games, "b.yml"), `a0: &a0 [x]\n${bomb}\n`);
        write(join(games, "c.yml"), "- 1\n");
        write(join(games, "d.yml"), `game:\n  exe: ${join(folder, "FalloutNV.exe")}\n`);
        const { games: found, unreadable } = await find();
        assert.deepEqual(
            found.map((game) => game.folder),
            [folder],
        );
        assert.deepEqual(
            unreadable.map(({ path }) => path),
            [join(games, "a.yml"), join(games, "b.yml")],
        );
    });
});

describe("installations and saves of Bottles", onUnix, () => {
    for (const data of [".local/share/bottles", ".var/app/com.usebottles.bottles/data/bottles"]) {
        it(`findGames and findSavesFolders: bottles in ~/${data}, and programs that were added to them`, async () => {
            const bottle = prefixWithSaves(join(home, data, "bottles/Gaming"));
            const inside = placeGame(join(bottle, "drive_c/GOG Games/Fallout New Vegas"));
            const outside = placeGame(join(home, "disk/FNV"));
            const lines = [
                "Arch: win64",
                "External_Programs:",
                "  3f2b:",
                "    executable: FalloutNV.exe",
                `    folder: ${outside}`,
                "    name: FalloutNV",
                `    path: ${join(outside, "FalloutNV.exe")}`,
                "Name: Gaming",
            ];
            write(join(bottle, "bottle.yml"), `${lines.join("\n")}\n`);
            assert.deepEqual(
                (await find()).games.map((game) => [game.folder, game.prefix]),
                [
                    [outside, bottle],
                    [inside, bottle],
                ],
            );
            assert.equal(findSaves().length, 1);
        });
    }

    it("findGames and findSavesFolders: the folder of bottles that the user has chosen", async () => {
        const bottle = prefixWithSaves(join(home, "my bottles/One"));
        const inside = placeGame(join(bottle, "drive_c/Games/Fallout New Vegas"));
        const file = join(home, ".local/share/bottles/data.yml");
        write(file, `custom_bottles_path: ${join(home, "my bottles")}\nstartup_count: 3\n`);
        assert.deepEqual(
            (await find()).games.map((game) => game.folder),
            [inside],
        );
        assert.equal(findSaves().length, 1);
    });

    it("findGames searches $XDG_DATA_HOME and $XDG_CONFIG_HOME", async () => {
        const bottle = prefixWithSaves(join(home, "data/bottles/bottles/One"));
        const inside = placeGame(join(bottle, "drive_c/Games/Fallout New Vegas"));
        const folder = placeGame(join(home, "FNV"));
        writeJson(join(home, "config/heroic/gog_store/installed.json"), {
            installed: [{ appName: gogApp, install_path: folder }],
        });
        const env = { HOME: home, XDG_DATA_HOME: join(home, "data"), XDG_CONFIG_HOME: join(home, "config") };
        const { games } = await findGames({ env, platform: "linux" });
        assert.deepEqual(
            games.map((game) => game.folder),
            [folder, inside],
        );
    });
});

describe("Epic's launcher in a Wine prefix", onUnix, () => {
    it("findGames: the manifest of Epic's launcher leads to the game, on any drive, and a DLC's is ignored", async () => {
        const prefix = makePrefix(join(home, ".wine"), {}, {}, { "e:": join(home, "e") });
        const folder = placeGame(join(home, "e/Epic/FalloutNewVegas/Fallout New Vegas English"));
        const manifests = join(prefix, "drive_c/ProgramData/Epic/EpicGamesLauncher/Data/Manifests");
        const manifest = { FormatVersion: 0, AppName: epicApp, InstallLocation: "E:\\Epic\\FalloutNewVegas" };
        writeJson(join(manifests, "A1B2.item"), manifest);
        writeJson(join(manifests, "C3D4.item"), {
            AppName: "b290229eb58045cbab9501640f3278f3",
            MainGameAppName: epicApp,
        });
        const { games, unreadable } = await find();
        assert.deepEqual(
            games.map((game) => [game.folder, game.store, game.prefix]),
            [[folder, "epic", prefix]],
        );
        assert.deepEqual(unreadable, []);
    });

    it("findGames on Windows: the manifest in ProgramData leads to the game", async () => {
        const folder = placeGame(join(home, "Epic/FalloutNewVegas/Fallout New Vegas English"));
        const manifest = { AppName: epicApp, InstallLocation: join(home, "Epic/FalloutNewVegas") };
        writeJson(join(home, "ProgramData/Epic/EpicGamesLauncher/Data/Manifests/A1B2.item"), manifest);
        const registry = { command: ["false"] as const, ownPath: (path: string) => path };
        const env = { ProgramData: join(home, "ProgramData"), SystemDrive: home };
        const { games } = await findGames({ env, platform: "win32", registry: { ...registry, command: ["false"] } });
        assert.deepEqual(
            games.map((game) => [game.folder, game.store]),
            [[folder, "epic"]],
        );
    });
});

/** A Wine prefix with a folder of saves. */
function prefixWithSaves(prefix: string, below = saves): string {
    mkdirSync(join(makePrefix(prefix, {}), "drive_c/users/steamuser/Documents", below), { recursive: true });
    return prefix;
}

function writeJson(file: string, value: unknown): void {
    write(file, JSON.stringify(value, null, 2));
}

const find = () => findGames({ env: { HOME: home }, platform: "linux" });
const findSaves = () => findSavesFolders({ env: { HOME: home }, platform: "linux" });
