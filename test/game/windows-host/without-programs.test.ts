import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import {
    poolnvOnWindows,
    runOnWindows,
    whyNoWindowsHost,
    windowsHostFolders,
} from "../../fixtures/support/windows-host.js";
import { makeTinyGame } from "../deploy/tiny-game.js";
import { writeSave } from "../saves/generate-save.js";

interface Doctor {
    game: { folder: string; via: string[] } | null;
    findings: { id: string; level: string; message: string; resolution?: string }[];
}

/** The commands that touch no process, as a player on Windows types them. */
describe("the host as a Windows program", { skip: whyNoWindowsHost() ?? false }, () => {
    const steam = "C:\\Program Files\\Steam";
    const gameOnWindows = `${steam}\\steamapps\\common\\Fallout New Vegas`;
    let game: string;

    before(async () => {
        const { driveC, profile } = windowsHostFolders();
        const root = join(driveC, "Program Files/Steam");
        game = join(root, "steamapps/common/Fallout New Vegas");
        clear();
        makeTinyGame(game);
        writeFileSync(join(root, "steamapps/appmanifest_22380.acf"), manifest);
        mkdirSync(join(root, "config"), { recursive: true });
        writeFileSync(join(root, "config/libraryfolders.vdf"), libraries(steam));
        // Steam writes its own folder in lower case, with slashes.
        await addKey("HKCU\\Software\\Valve\\Steam", "SteamPath", steam.toLowerCase().replaceAll("\\", "/"));
        await addKey("HKLM\\Software\\Valve\\Steam", "InstallPath", steam);
        const saves = join(profile, "Documents/My Games/FalloutNV/Saves");
        mkdirSync(saves, { recursive: true });
        await writeSave(join(saves, "Save 1.fos"));
    });
    after(clear);

    it("Windows host: --version is that of the package", async () => {
        const { version } = JSON.parse(readFileSync(new URL("../../../../package.json", import.meta.url), "utf8")) as {
            version: string;
        };
        const { code, stdout, stderr } = await poolnvOnWindows(["--version"]);
        assert.equal(code, 0, stderr);
        assert.equal(stdout, version);
    });

    it("Windows host: doctor finds a game once that Steam's two spellings of its folder lead to", async () => {
        const { stdout, stderr } = await poolnvOnWindows(["doctor", "--json"]);
        const { game: found, findings } = JSON.parse(stdout) as Doctor;
        assert.equal(found?.folder, gameOnWindows, stderr + stdout);
        const about = findings.filter(({ id }) => id === "game");
        assert.deepEqual(
            about.map(({ level }) => level),
            ["ok"],
            JSON.stringify(about),
        );
    });

    it("Windows host: saves lists the user's saves", async () => {
        const { code, stdout, stderr } = await poolnvOnWindows(["saves"]);
        assert.equal(code, 0, stderr);
        assert.match(stdout, /My Games\\FalloutNV\\Saves: 1 save\n/);
    });

    it("Windows host: deploy writes the launcher for cmd and removes it", async () => {
        const launcher = join(game, "poolnv-launch.cmd");
        const deployed = await poolnvOnWindows(["deploy", "--yes"]);
        assert.equal(deployed.code, 0, deployed.stderr);
        assert.match(deployed.stdout, /Start the game with: .*poolnv-launch\.cmd/);
        assert.match(readFileSync(launcher, "utf8"), /bin\.js/);
        const removed = await poolnvOnWindows(["deploy", "--uninstall", "--yes"]);
        assert.equal(removed.code, 0, removed.stderr);
        assert.equal(existsSync(launcher), false);
    });

    it("Windows host: config prints the settings with their origin", async () => {
        const { code, stdout, stderr } = await poolnvOnWindows(["config"]);
        assert.equal(code, 0, stderr);
        assert.match(stdout, /pool_size_mb +1536 MB +default/);
    });

    it("Windows host: exec without a prepared engine names the command that prepares one, with exit code 4", async () => {
        const { code, stderr } = await poolnvOnWindows(["exec", "missing-4711.exe", "GetMemoryPoolUsage"], {
            env: { POOLNV_CACHE: "C:\\empty-cache" },
        });
        assert.equal(code, 4, stderr);
        assert.match(stderr, /^error: .*\n {2}.*poolnv setup/m);
    });

    function clear(): void {
        const { driveC, profile } = windowsHostFolders();
        for (const folder of [join(driveC, "Program Files/Steam"), join(profile, "Documents/My Games")]) {
            rmSync(folder, { recursive: true, force: true });
        }
    }

    async function addKey(key: string, name: string, data: string): Promise<void> {
        const { code, stderr } = await runOnWindows([
            "reg.exe",
            "add",
            key,
            "/v",
            name,
            "/t",
            "REG_SZ",
            "/d",
            data,
            "/f",
        ]);
        assert.equal(code, 0, stderr);
    }
});

const manifest = `"AppState"
{
    "appid"  "22380"
    "name"  "Fallout: New Vegas"
    "installdir"  "Fallout New Vegas"
}
`;

function libraries(folder: string): string {
    return `"libraryfolders"
{
    "0"
    {
        "path"  "${folder.replaceAll("\\", "\\\\")}"
        "apps" { "22380" "1" }
    }
}
`;
}
