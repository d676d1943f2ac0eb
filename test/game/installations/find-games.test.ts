import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, it } from "node:test";
import { findGames, theGame } from "../../../host/game/find-games.js";
import type { GameSearch } from "../../../host/game/game-places.js";
import { falloutNewVegas } from "../../../shared/games/falloutnv.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { makePrefix, placeGame, placeInLibrary, write, writeLibraries, writeManifest } from "./fake-steam.js";

const scratch = scratchFolder();
const gogKey = "Software\\Wow6432Node\\GOG.com\\Games\\1454587428";
const steamKey = "Software\\Wow6432Node\\Valve\\Steam";

let home: string;
let steam: string;
let count = 0;
beforeEach(() => {
    home = join(scratch, `home ${count++}`);
    steam = join(home, ".local/share/Steam");
    mkdirSync(home);
});

describe("findGames in Steam's libraries", () => {
    it("findGames takes the folder that Steam's manifest names, and reports the manifest", async () => {
        const folder = placeInLibrary(steam, "FNV (1.4) Ü & 100% $HOME 'n' !");
        const { games, unreadable } = await find();
        const via = [join(steam, "steamapps/appmanifest_22380.acf")];
        const program = join(folder, "FalloutNV.exe");
        assert.deepEqual(games, [{ game: falloutNewVegas, folder, program, store: "steam", via, prefix: null }]);
        assert.deepEqual(unreadable, []);
    });

    for (const root of [
        ".steam/steam",
        ".steam/debian-installation",
        ".var/app/com.valvesoftware.Steam/.local/share/Steam",
        "snap/steam/common/.local/share/Steam",
    ]) {
        it(`findGames finds the game in ~/${root}`, async () => {
            assert.deepEqual(await folders(), []);
            const folder = placeInLibrary(join(home, root));
            assert.deepEqual(await folders(), [folder]);
        });
    }

    it("findGames follows the list of libraries to other disks, with Proton's prefix there", async () => {
        const card = join(home, 'run/media/deck/SD "1" {a}//b');
        writeLibraries(steam, steam, join(home, "gone"), card);
        const folder = placeInLibrary(card);
        const prefix = join(card, "steamapps/compatdata/22380/pfx");
        mkdirSync(prefix, { recursive: true });
        const [game] = (await find()).games;
        assert.deepEqual([game?.folder, game?.prefix], [folder, prefix]);
    });

    it("findGames reads the library list of older Steams, and keys in any case of letters", async () => {
        const library = join(home, "old");
        const list = `"LibraryFolders"\r\n{\r\n\t"TimeNextStatsReport"\t"0"\r\n\t"1"\t\t"${library}"\r\n}\r\n`;
        write(join(steam, "steamapps/libraryfolders.vdf"), list);
        write(join(library, "steamapps/appmanifest_22380.acf"), `"appstate" { "INSTALLDIR" "games" }`);
        const folder = placeGame(join(library, "steamapps/common/games"), "falloutnv.EXE");
        const [game] = (await find()).games;
        assert.deepEqual([game?.folder, game?.program], [folder, join(folder, "falloutnv.EXE")]);
    });

    it("findGames finds the usual folder of a library without a manifest", async () => {
        assert.deepEqual(await folders(placeGame(join(steam, "steamapps/common/Fallout New Vegas"))), true);
    });

    it("findGames lists an installation once if several links lead to it", async () => {
        const folder = placeInLibrary(steam);
        mkdirSync(join(home, ".steam"));
        symlinkSync(steam, join(home, ".steam/steam"));
        assert.deepEqual(await folders(folder), true);
    });

    it("findGames refuses a manifest that names a folder outside its library", async () => {
        placeGame(join(steam, "steamapps/evil"));
        for (const name of ["../evil", "..", ".", "", "a/b", "a\\b"]) {
            writeManifest(steam, name);
            const { games, unreadable } = await find();
            assert.deepEqual(games, [], name);
            assert.match(unreadable[0]!.reason, /names no folder/);
        }
    });
});

describe("sources that findGames can't read", () => {
    const list = () => join(steam, "steamapps/libraryfolders.vdf");
    const manifest = () => join(steam, "steamapps/appmanifest_22380.acf");
    const cases: [string, () => string, (file: string) => void, RegExp][] = [
        ["a list that is no list", list, (file) => write(file, '"libraryfolders" "'), /no valid VDF/],
        ["a list without end", list, (file) => write(file, Buffer.alloc(2_000_000, "a")), /larger than/],
        ["a list of braces", list, (file) => write(file, '"a" { '.repeat(50_000)), /more objects/],
        ["a list that is a folder", list, (file) => mkdirSync(file, { recursive: true }), /is a folder/],
        ["a manifest of zeros", manifest, (file) => write(file, Buffer.alloc(4000)), /no valid VDF/],
        ["an empty manifest", manifest, (file) => write(file, ""), /no valid VDF/],
        ["a manifest that leads to itself", manifest, (file) => symlinkSync(file, file), /symbolic link/],
        ["a manifest that is a pipe", manifest, (file) => execFileSync("mkfifo", [file]), /no regular file/],
    ];
    for (const [name, place, make, reason] of cases) {
        it(`findGames reports ${name}, and still finds other games`, onUnix(), async () => {
            const folder = placeGame(join(home, "Games/Fallout New Vegas"));
            mkdirSync(join(steam, "steamapps"), { recursive: true });
            make(place());
            const { games, unreadable } = await find();
            assert.deepEqual(
                games.map((game) => game.folder),
                [folder],
            );
            assert.equal(unreadable[0]?.path, place());
            assert.match(unreadable[0].reason, reason);
        });
    }

    it(
        "findGames reports a manifest that it may not read",
        { skip: process.getuid?.() === 0 && "nothing is closed to root" },
        async () => {
            placeInLibrary(steam);
            chmodSync(manifest(), 0);
            assert.match((await find()).unreadable[0]!.reason, /permission denied/);
        },
    );

    it("findGames reports a manifest of a game that is not there", async () => {
        writeManifest(steam, "Fallout New Vegas");
        const { games, unreadable } = await find();
        assert.deepEqual([games, unreadable[0]?.path], [[], manifest()]);
        assert.match(unreadable[0]!.reason, /has no FalloutNV\.exe/);
    });
});

describe("findGames in a Wine prefix", onUnix(), () => {
    it("findGames finds the folder in GOG's registry key, on any drive, in any case of letters", async () => {
        const folder = placeGame(join(home, "disk/Spiele für mich/FNV 100%"));
        makePrefix(
            join(home, ".wine"),
            { [gogKey]: { Path: "D:\\spiele FÜR mich\\fnv 100%" } },
            {},
            { "d:": join(home, "disk") },
        );
        const [game] = (await find()).games;
        assert.deepEqual([game?.folder, game?.store, game?.prefix], [folder, "gog", join(home, ".wine")]);
        assert.match(game!.via[0]!, /registry of .*1454587428/);
    });

    it("findGames finds the folder in Bethesda's registry key, also in a 32-bit prefix", async () => {
        const prefix = join(home, "prefix");
        const folder = placeGame(join(prefix, "drive_c/Games/FNV"));
        makePrefix(prefix, { "Software\\Bethesda Softworks\\FalloutNV": { "Installed Path": "C:\\Games\\FNV\\" } });
        const { games } = await find({ winePrefix: prefix });
        assert.deepEqual(
            games.map((game) => [game.folder, game.store]),
            [[folder, "bethesda"]],
        );
    });

    it("findGames reads the libraries of a Steam in the prefix", async () => {
        const prefix = join(home, "prefix");
        const root = join(prefix, "drive_c/Program Files (x86)/Steam");
        makePrefix(
            prefix,
            { [steamKey]: { InstallPath: "C:\\Program Files (x86)\\Steam" } },
            {},
            { "e:": join(home, "e") },
        );
        writeLibraries(root, "C:\\Program Files (x86)\\Steam", "E:\\Steam Library");
        const folder = placeInLibrary(join(home, "e/Steam Library"));
        const { games } = await find({ winePrefix: prefix });
        assert.deepEqual(
            games.map((game) => [game.folder, game.store, game.prefix]),
            [[folder, "steam", prefix]],
        );
    });

    it("findGames searches $WINEPREFIX and the usual folders of its drive C", async () => {
        const prefix = makePrefix(join(home, "chosen"), {});
        const folder = placeGame(join(prefix, "drive_c/GOG Games/Fallout New Vegas"));
        assert.deepEqual((await find({ env: { HOME: home, WINEPREFIX: prefix } })).games[0]?.folder, folder);
    });

    it("findGames reports an unreadable registry, and survives a malformed one", async () => {
        const prefix = makePrefix(join(home, ".wine"), {});
        const folder = placeGame(join(prefix, "drive_c/GOG Games/Fallout New Vegas"));
        rmSync(join(prefix, "system.reg"));
        mkdirSync(join(prefix, "system.reg"));
        const { games, unreadable } = await find();
        assert.deepEqual([games[0]?.folder, unreadable[0]?.path], [folder, join(prefix, "system.reg")]);
        rmSync(join(prefix, "system.reg"), { recursive: true });
        write(join(prefix, "system.reg"), '["\\x\n"a"="\\\n[Software\\\\GOG.com\n'.repeat(10_000));
        assert.equal((await find()).games[0]?.folder, folder);
    });

    it("findGames reports a registry key whose folder has no game", async () => {
        makePrefix(join(home, ".wine"), { [gogKey]: { path: "C:\\Nowhere" } });
        const { games, unreadable } = await find();
        assert.deepEqual(games, []);
        assert.match(unreadable[0]!.reason, /names C:\\Nowhere, which has no FalloutNV\.exe/);
    });
});

describe("theGame", () => {
    it("theGame is the only one that is found", async () => {
        const folder = placeInLibrary(steam);
        assert.equal((await theGame(undefined, search())).folder, folder);
    });

    it("theGame is the one in the named folder", async () => {
        placeInLibrary(steam);
        const folder = placeGame(join(home, "my copy"), "FALLOUTNV.EXE");
        assert.equal((await theGame(folder, search())).folder, folder);
    });

    it("theGame refuses several games, with a list of them", async () => {
        const one = placeInLibrary(steam);
        const other = placeGame(join(home, "GOG Games/Fallout New Vegas"));
        await assert.rejects(theGame(undefined, search()), (error: Error & { code: string; resolution: string }) => {
            assert.equal(error.code, "SEVERAL_GAMES");
            assert.ok(error.message.includes(one) && error.message.includes(other), error.message);
            assert.match(error.resolution, /--game/);
            return true;
        });
    });

    it("theGame reports that there is none, with what could not be read", async () => {
        writeManifest(steam, "Fallout New Vegas");
        await assert.rejects(theGame(undefined, search()), { code: "NO_GAME", message: /appmanifest_22380\.acf/ });
        await assert.rejects(theGame(home, search()), { code: "NO_GAME", message: /no FalloutNV.exe in/ });
        await assert.rejects(theGame(join(home, "x"), search()), { code: "NO_GAME", message: /no folder/ });
    });
});

function search(): GameSearch {
    return { env: { HOME: home }, platform: "linux" };
}

function find(other: GameSearch = {}) {
    return findGames({ ...search(), ...other });
}

/** The folders that are found; with an argument, true if it is the only one. */
async function folders(): Promise<string[]>;
async function folders(only: string): Promise<boolean>;
async function folders(only?: string): Promise<string[] | boolean> {
    const found = (await find()).games.map(({ folder }) => folder);
    return only === undefined ? found : found.length === 1 && found[0] === only;
}

function onUnix(): { skip: string | false } {
    return { skip: process.platform === "win32" && "it has neither links nor pipes of this kind" };
}
