import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { findConfigFile } from "../../../host/config/find-config-file.js";
import { carryOut } from "../../../host/deploy/carry-out.js";
import { chooseSuitableGame } from "../../../host/deploy/choose-game.js";
import { launchOptions } from "../../../host/deploy/launcher/sh.js";
import { planDeploy } from "../../../host/deploy/plan.js";
import { planUninstall, uninstall } from "../../../host/deploy/uninstall.js";
import { wantedFiles } from "../../../host/deploy/wanted-files.js";
import { examine } from "../../../host/doctor/examine.js";
import type { Finding, FindingId } from "../../../host/doctor/finding.js";
import { findGames, theGame } from "../../../host/game/find-games.js";
import type { GameSearch } from "../../../host/game/game-places.js";
import { listSaves } from "../../../host/game/saves/list-saves.js";
import { findSavesFolders } from "../../../host/game/saves/saves-folders.js";
import { falloutNv } from "../../../shared/games/falloutnv-1.4.0.525.js";
import { profilesOf } from "../../../shared/games/index.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { makeTinyGame } from "../deploy/tiny-game.js";
import { treeOf } from "../deploy/tree.js";
import { writeSave } from "../saves/generate-save.js";
import { makePrefix, placeInLibrary, write, writeLibraries, writeManifest } from "./fake-steam.js";
import { vaultRacer } from "./vault-racer.js";

const onUnix = { skip: process.platform === "win32" && "the made-up home is one of Linux" };
const scratch = scratchFolder();
const profiles = [falloutNv, vaultRacer];
let home: string;
let steam: string;
let count = 0;

beforeEach(() => {
    home = join(scratch, `home ${count++}`);
    steam = join(home, ".local/share/Steam");
    mkdirSync(home);
});

describe("a second game, known only by its profile", onUnix, () => {
    it("second game: findGames finds it in a Steam library, by its own app and program", async () => {
        const card = join(home, "card");
        writeLibraries(steam, steam, card);
        const folder = placeRacer(card);
        const prefix = join(card, "steamapps/compatdata/999930/pfx");
        mkdirSync(prefix, { recursive: true });
        const { games, unreadable } = await findGames(search());
        const via = [join(card, "steamapps/appmanifest_999930.acf"), `Steam's library ${card}`];
        const program = join(folder, "VaultRacer.exe");
        assert.deepEqual(games, [{ game: vaultRacer.game, folder, program, store: "steam", via, prefix }]);
        assert.deepEqual(unreadable, []);
    });

    it("second game: findGames finds it in a Wine prefix, by its own registry key and usual folder", async () => {
        const prefix = join(home, ".wine");
        const named = makeTinyGame(join(prefix, "drive_c/Somewhere"), { profile: vaultRacer });
        const usual = makeTinyGame(join(prefix, "drive_c/Racing/Vault Racer"), { profile: vaultRacer });
        makePrefix(prefix, { "Software\\Wow6432Node\\Vault Works\\Racer": { Folder: "C:\\Somewhere" } });
        const { games } = await findGames(search());
        assert.deepEqual(
            games.map(({ folder, store }) => [folder, store]),
            [
                [named, "gog"],
                [usual, "unknown"],
            ],
        );
    });

    it("second game: one search finds it beside the first, and theGame asks to choose", async () => {
        const folders = [placeInLibrary(steam), placeRacer(steam)];
        const { games } = await findGames(search());
        assert.deepEqual(
            games.map(({ folder, game }) => [folder, game.title]),
            [
                [folders[0], "Fallout: New Vegas"],
                [folders[1], "Vault Racer"],
            ],
        );
        await assert.rejects(theGame(undefined, search()), { code: "SEVERAL_GAMES" });
        assert.equal((await theGame(folders[1], search())).game, vaultRacer.game);
        await assert.rejects(theGame(home, search()), { message: /There is no FalloutNV\.exe or VaultRacer\.exe in/ });
    });

    it("second game: no source finds it without its profile", async () => {
        const folder = placeRacer(steam);
        assert.deepEqual((await findGames({ ...search(), profiles: [falloutNv] })).games, []);
        await assert.rejects(theGame(folder, { profiles: [falloutNv] }), { code: "NO_GAME" });
    });

    it("second game: its saves are found in its own prefix and folder, and listed", async () => {
        const documents = join(steam, "steamapps/compatdata/999930/pfx/drive_c/users/steamuser/Documents");
        const folder = join(documents, "Vault Works/Racer/Slots");
        mkdirSync(folder, { recursive: true });
        await writeSave(join(folder, "slot.fos"), { player: "Racer" });
        assert.deepEqual(findSavesFolders(savesSearch()), [folder]);
        const [save] = await listSaves(folder);
        assert.ok(save !== undefined && !("problem" in save));
        assert.deepEqual([save.name, save.player], ["slot", "Racer"]);
    });

    it("second game: doctor checks it by its own version, code, mods and folders", async () => {
        const folder = placeRacer(steam);
        write(join(folder, "rse_start.exe"), "MZ");
        write(join(folder, "mods/RSE/RacerHeap.dll"), "MZ");
        write(join(folder, "mods/rse.ini"), "[Memory]\nHeapMB = 900\n");
        const findings = await doctor();
        const messages = (id: FindingId) =>
            findings.filter((finding) => finding.id === id).map(({ message }) => message);
        assert.deepEqual(messages("version"), ["the game is version 2.0.0.7"]);
        assert.deepEqual(messages("code"), ["the program's code is that of 2.0.0.7"]);
        assert.deepEqual(messages("replacer"), ["RacerHeap is installed and replaces the same heaps"]);
        assert.deepEqual(messages("xnvse"), ["RSE is incomplete, missing: rse_inside.dll"]);
        assert.match(messages("xnvse-memory")[0]!, /^RSE enlarges .*: HeapMB = 900$/);
        assert.deepEqual(messages("log"), [`the log will be ${join(folder, "mods/RSE/MemoryPool_Debug.log")}`]);
        const large = findings.find(({ id }) => id === "large-addresses");
        assert.match(large!.resolution!, /Racer Patcher \(example\.org\/patcher\) or: poolnv deploy --set-laa/);
    });

    it("second game: doctor reports another version and changed code by its profile", async () => {
        const folder = placeRacer(steam);
        makeTinyGame(folder, { profile: vaultRacer, version: "1.0.0.0" });
        const version = (await doctor()).find(({ id }) => id === "version");
        assert.match(version!.message, /version 1\.0\.0\.0; poolnv supports 2\.0\.0\.7$/);
        assert.equal(version!.resolution, "Buy the second edition.");
        const [malloc, free] = vaultRacer.functions;
        const patched = { ...vaultRacer, functions: [{ ...malloc!, bytes: "E9 00 00 00 00" }, free!] };
        makeTinyGame(folder, { profile: patched });
        const code = (await doctor()).find(({ id }) => id === "code");
        assert.match(code!.message, /differs at 1 of the functions that poolnv hooks: malloc$/);
        assert.match(code!.resolution!, /patch it with the Racer Patcher only/);
    });

    it("second game: deploy writes its own programs and folders, and uninstall removes everything", async () => {
        const folder = placeRacer(steam);
        write(join(folder, "rse_start.exe"), "MZ");
        const original = treeOf(folder);
        const { game: examined } = await chooseSuitableGame(undefined, search());
        const options = { overwrite: false, largeAddressAware: true };
        carryOut(planDeploy(examined.installation, wantedFiles(examined, "linux"), options));
        assert.deepEqual(
            Object.keys(treeOf(folder)).filter((name) => !(name in original)),
            [
                "VaultRacer.exe.poolnv-backup",
                "mods/RSE",
                "mods/RSE/poolnv.ini",
                "poolnv-deploy.json",
                "poolnv-launch.sh",
            ],
        );
        assert.equal(
            findConfigFile({ program: join(folder, "VaultRacer.exe") }, profiles)?.file,
            join(folder, "mods/RSE/poolnv.ini"),
        );
        const launcher = readFileSync(join(folder, "poolnv-launch.sh"), "utf8");
        assert.match(launcher, /^# Starts Vault Racer and .*$/m);
        assert.match(launcher, / attach 'VaultRacer\.exe' --detach /);
        assert.doesNotMatch(launcher, /Fallout|nvse/i);
        const cmd = wantedFiles(examined, "win32")[0]!.content;
        assert.match(cmd, / attach "VaultRacer\.exe" --detach /);
        assert.doesNotMatch(cmd, /Fallout|nvse/i);
        uninstall(planUninstall(examined.installation, false));
        assert.deepEqual(treeOf(folder), original);
    });

    it("second game: its launcher replaces its own program in Steam's command", async () => {
        const folder = placeRacer(steam);
        write(join(folder, "rse_start.exe"), "MZ");
        const { game: examined } = await chooseSuitableGame(folder, search());
        const [launcher] = wantedFiles(examined, "linux");
        const content = launcher!.content.replace(/^(node|poolnv)=.*$/gm, "$1=/nowhere");
        writeFileSync(join(folder, launcher!.path), content, { mode: 0o755 });
        const command = `printf '%s|' run '${folder}/Racer Launcher.exe' '${folder}/FalloutNVLauncher.exe'`;
        const { stdout } = await execa("/bin/sh", ["-c", launchOptions(folder).replace("%command%", () => command)]);
        assert.equal(stdout, `run|${folder}/rse_start.exe|${folder}/FalloutNVLauncher.exe|`);
    });

    it("second game: profilesOf finds it by the name of a program, in any case of letters", () => {
        assert.deepEqual(profilesOf("vaultracer.EXE", profiles), [vaultRacer]);
        assert.deepEqual(profilesOf("vaultracer.EXE"), []);
    });

    it("second game: no code of the host's rooms for games names the first one", () => {
        const root = fileURLToPath(new URL("../../../../host/", import.meta.url));
        const files = ["game", "doctor", "deploy", "support", "files"].flatMap((room) =>
            readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
                .filter((name) => name.endsWith(".ts"))
                .map((name) => join(root, room, name)),
        );
        assert.ok(files.length > 40, `${files.length} files`);
        const names = /FalloutNV|New Vegas|22380|1454587428|nvse_|"NVSE"/;
        const naming = files.filter((file) => names.test(withoutComments(readFileSync(file, "utf8"))));
        assert.deepEqual(naming, []);
    });
});

function search(): GameSearch {
    return { env: { HOME: home }, platform: "linux", profiles };
}

function savesSearch() {
    return { env: { HOME: home }, platform: "linux" as const, profiles };
}

/** Puts the second game into a library: its manifest, and the folder that the manifest names. */
function placeRacer(library: string): string {
    writeManifest(library, "Vault Racer", "999930");
    return makeTinyGame(join(library, "steamapps/common/Vault Racer"), { profile: vaultRacer });
}

async function doctor(): Promise<readonly Finding[]> {
    const connect = () => assert.fail("no process was named");
    const wanted = { engine: "auto", search: search(), connect, onProgress: () => {} } as const;
    return (await examine(wanted)).findings;
}

function withoutComments(code: string): string {
    return code.replace(/\/\*.*?\*\//gs, "").replace(/ \/\/ .*$/gm, "");
}
