import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "node:test";
import { examineGame } from "../../../host/doctor/examine-game.js";
import { readGame } from "../../../host/doctor/examined-game.js";
import { fullPath, pathText, systemPath } from "../../../host/files/path-bytes.js";
import { gameIn, theGame } from "../../../host/game/find-games.js";
import { findSavesFolders, listSaves } from "../../../host/game/saves/index.js";
import { windowsPath } from "../../../host/process/wine.js";
import { readEnvironments } from "../../fixtures/prepare/environments.js";
import { commandLine } from "../../fixtures/support/poolnv.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { makeTinyGame } from "../deploy/tiny-game.js";
import { bytesIn, bytesOf, cyrillic, onLinux, place, shown } from "../saves/byte-names.js";

const { wine } = readEnvironments();
const scratch = scratchFolder();

describe("poolnv saves of names that are no UTF-8", onLinux, () => {
    const folder = path.join(scratch, "Saves");
    before(() => {
        mkdirSync(folder);
        place(folder, "plain.fos");
        place(folder, Buffer.concat([cyrillic, Buffer.from(".FOS")]));
    });

    it("poolnv saves: shows the bytes of such a name, and --json gives a path that is an argument", () => {
        const table = poolnvBytes(["saves", folder]);
        assert.equal(table.status, 0);
        assert.ok(table.stdout.includes(shown), table.stdout);
        assert.doesNotMatch(table.stdout, /can't be read|no such file/);
        const { saves } = JSON.parse(poolnvBytes(["saves", folder, "--json"]).stdout) as {
            saves: { file: string; name: string; problem: unknown }[];
        };
        const save = saves.find(({ name }) => name === shown);
        assert.equal(save?.problem, null);
        const one = JSON.parse(poolnvBytes(["saves", save.file, "--json"]).stdout) as { saves: { name: string }[] };
        assert.deepEqual(
            one.saves.map(({ name }) => name),
            [shown],
        );
    });

    it("poolnv saves: takes the bytes of a folder as the shell hands them over, also as working folder", async () => {
        const odd = bytesIn(scratch, cyrillic);
        mkdirSync(odd);
        place(pathText(odd), "inside.fos");
        for (const named of [odd, Buffer.concat([cyrillic]), path.join(scratch, shown)]) {
            const { stdout, stderr, status } = poolnvBytes(["saves", named, "--json"], { cwd: scratch });
            assert.deepEqual([stderr, status], ["", 0]);
            const { saves } = JSON.parse(stdout) as { saves: { name: string; problem: unknown }[] };
            assert.deepEqual(
                saves.map(({ name, problem }) => [name, problem]),
                [["inside", null]],
            );
        }
        const within = poolnvBytes(["saves", "."], { cwd: odd });
        assert.match(within.stdout, /1 save\n[^]*inside/);
        assert.deepEqual(
            (await listSaves(pathText(odd))).map(({ name }) => name),
            ["inside"],
        );
    });

    it("poolnv saves: finds the saves in a home folder whose name is no UTF-8", () => {
        const home = bytesIn(scratch, Buffer.concat([Buffer.from("home "), cyrillic]));
        const saves = Buffer.concat([home, Buffer.from("/.wine/drive_c/users/me/Documents/My Games/FalloutNV/Saves")]);
        mkdirSync(saves, { recursive: true });
        place(pathText(saves), "at home.fos");
        const { stdout, status } = poolnvBytes(["saves"], { env: { HOME: home } });
        assert.equal(status, 0);
        assert.match(stdout, /at home/);
        assert.equal(findSavesFolders({ env: { HOME: pathText(home) }, platform: "linux" })[0], pathText(saves));
    });
});

describe("a game's folder whose name is no UTF-8", onLinux, () => {
    it("doctor and deploy read and write in a folder, prefix and mod folder whose names are no UTF-8", async () => {
        makeTinyGame(path.join(scratch, "tiny"));
        const folder = pathText(bytesIn(scratch, Buffer.concat([Buffer.from("game "), cyrillic])));
        renameSync(path.join(scratch, "tiny"), systemPath(folder));
        mkdirSync(systemPath(path.join(folder, "Data", "NVSE", "Plugins")), { recursive: true });
        writeFileSync(systemPath(path.join(folder, "Data", "NVSE", "Plugins", pathText(cyrillic))), "");
        const game = gameIn(folder);
        assert.equal(game.folder, folder);
        assert.deepEqual(
            examineGame(readGame(game)).filter(({ level }) => level === "error"),
            [],
        );
        const prefix = pathText(bytesIn(scratch, Buffer.concat([Buffer.from("prefix "), cyrillic])));
        mkdirSync(systemPath(path.join(prefix, "drive_c", "Games")), { recursive: true });
        symlinkSync(systemPath(folder), systemPath(path.join(prefix, "drive_c/Games/Fallout New Vegas")));
        assert.equal((await theGame(undefined, { winePrefix: prefix })).prefix, prefix);
        const deployed = poolnvBytes(["deploy", "--game", bytesOf(folder), "--yes"]);
        assert.equal(deployed.status, 0, deployed.stderr);
        const options = deployed.stdout.split("\n").find((line) => line.endsWith(" %command%"))!;
        const named = execFileSync("sh", ["-c", `printf %s ${options.trim().replace(" %command%", "")}`]);
        assert.deepEqual(named, bytesOf(path.join(folder, "poolnv-launch.sh")), options);
        const launcher = readFileSync(systemPath(path.join(folder, "poolnv-launch.sh")));
        assert.ok(launcher.includes(bytesOf(folder)), "the launcher names the folder by its bytes");
        execFileSync("sh", ["-n"], { input: launcher });
        assert.match(poolnvBytes(["deploy", "--game", bytesOf(folder), "--yes"]).stdout, /Everything is there already/);
        const { findings } = JSON.parse(poolnvBytes(["doctor", "--game", bytesOf(folder), "--json"]).stdout) as {
            findings: { id: string; level: string; message: string }[];
        };
        const configuration = findings.filter(({ id }) => id === "configuration");
        assert.deepEqual(
            configuration.map(({ level }) => level),
            ["ok"],
            configuration[0]?.message,
        );
        const removed = poolnvBytes(["deploy", "--uninstall", "--game", bytesOf(folder), "--yes"]);
        assert.equal(removed.status, 0, removed.stderr);
    });
});

describe("files under Wine whose names are no UTF-8", { skip: !wine.ready && wine.reason }, () => {
    it("windowsPath names such a file as Wine does", () => {
        assert.ok(wine.ready);
        const folder = path.join(scratch, "under wine");
        mkdirSync(folder);
        for (const bytes of [cyrillic, Buffer.from([0x78, 0xe5, 0xad]), Buffer.from([0xf0, 0x9f, 0x98, 0x79])]) {
            const file = bytesIn(folder, Buffer.concat([bytes, Buffer.from(".fos")]));
            writeFileSync(file, "found it");
            const args = ["cmd", "/c", "type", windowsPath(pathText(file))];
            const env = { ...process.env, WINEPREFIX: wine.prefix, WINEDEBUG: "-all", LC_ALL: "C.UTF-8" };
            assert.match(execFileSync(wine.wine, args, { encoding: "utf8", env }), /found it/, bytes.toString("hex"));
        }
    });
});

/** Runs the command line with arguments of any bytes, by a shell: Node passes only UTF-8 on. */
function poolnvBytes(
    args: (string | Buffer)[],
    { cwd = fullPath("."), env = {} }: { cwd?: string | Buffer; env?: Record<string, Buffer> } = {},
) {
    const words = [process.execPath, commandLine, ...args].map((word) => quoted(Buffer.from(word)));
    const variables = Object.entries(env).map(([name, value]) =>
        Buffer.concat([Buffer.from(`${name}=`), quoted(value)]),
    );
    const script = Buffer.concat([
        ...[Buffer.from("cd "), quoted(Buffer.from(cwd)), Buffer.from(" && ")],
        ...[...variables, ...words].flatMap((word) => [word, Buffer.from(" ")]),
    ]);
    return spawnSync("sh", { input: script, encoding: "utf8" });
}

function quoted(word: Buffer): Buffer {
    return Buffer.concat([Buffer.from("'"), word, Buffer.from("'")]);
}
