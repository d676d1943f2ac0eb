import assert from "node:assert/strict";
import {
    appendFileSync,
    chmodSync,
    existsSync,
    mkdirSync,
    readFileSync,
    rmSync,
    statSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { beforeEach, describe, it } from "node:test";
import { runCommandLine } from "../../../host/cli/run.js";
import { parseConfig } from "../../../host/config/config-file.js";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { run } from "../../unit/command-runner.js";
import { makeTinyGame } from "./tiny-game.js";
import { treeOf } from "./tree.js";

const scratch = scratchFolder();
const launcherName = process.platform === "win32" ? "poolnv-launch.cmd" : "poolnv-launch.sh";
let game: string;
let original: Record<string, string>;
let count = 0;
const launcher = () => join(game, launcherName);
const settings = () => join(game, "data/NVSE/Plugins/poolnv.ini");

beforeEach(() => {
    game = makeTinyGame(join(scratch, `FNV ${count++} 100% it's $HOME & ^! ü`));
    original = treeOf(game);
});

describe("poolnv deploy", () => {
    it("poolnv deploy: prints the plan, writes it, and prints how to start the game", async () => {
        const { code, stdout } = await deploy("--yes");
        assert.equal(code, 0);
        assert.match(stdout, /warning .*xNVSE is not installed/);
        assert.match(stdout, /poolnv-launch\.\w+ +new\n.*poolnv\.ini +new\n/);
        if (process.platform !== "win32") {
            assert.match(stdout, /it'\\''s \$HOME & \^! ü\/poolnv-launch\.sh' %command%\n$/);
        }
        assert.deepEqual(
            Object.keys(treeOf(game)).filter((name) => !(name in original)),
            ["data/NVSE", "data/NVSE/Plugins", "data/NVSE/Plugins/poolnv.ini", "poolnv-deploy.json", launcherName],
        );
        assert.deepEqual(parseConfig(readFileSync(settings(), "utf8"), "poolnv.ini").settings.pool_size_mb, 1536);
        if (process.platform !== "win32") assert.equal(statSync(launcher()).mode & 0o100, 0o100);
    });

    it("poolnv deploy: a second run asks nothing and writes nothing", async () => {
        await deploy("--yes");
        const first = treeOf(game);
        const time = statSync(launcher()).mtimeMs;
        const { code, stdout } = await deploy();
        assert.deepEqual([code, treeOf(game), statSync(launcher()).mtimeMs], [0, first, time]);
        assert.match(stdout, /Everything is there already/);
    });

    it("poolnv deploy --json: prints one document with the actions", async () => {
        const { code, stdout } = await deploy("--yes", "--json");
        const document = JSON.parse(stdout) as { changed: boolean; files: { file: string; action: string }[] };
        assert.deepEqual([code, document.changed], [0, true]);
        assert.deepEqual(document.files, [
            { path: launcherName, file: launcher(), action: "write" },
            { path: "Data/NVSE/Plugins/poolnv.ini", file: settings(), action: "write" },
        ]);
        assert.equal((JSON.parse((await deploy("--json")).stdout) as { changed: boolean }).changed, false);
    });

    it("poolnv deploy: without a terminal and --yes, writes nothing and exits with 2", async () => {
        const { code, stderr } = await poolnv(["deploy", "--game", game]);
        assert.equal(code, 2);
        assert.match(stderr, /error: .*not a terminal to ask on.*\n.*--yes/);
        assert.equal((await deploy("--json")).code, 2);
        assert.deepEqual(treeOf(game), original);
    });

    for (const [answer, written] of [
        ["y\n", true],
        ["YES\n", true],
        ["\n", false],
        ["n\n", false],
        ["", false],
        ["\x03", false],
    ] as const) {
        it(`poolnv deploy: asks at a terminal; the answer ${JSON.stringify(answer)} ${written ? "writes" : "writes nothing"}`, async () => {
            const { code, stdout, stderr } = await atTerminal(answer, ["deploy", "--game", game]);
            assert.equal(code, 0);
            assert.match(stderr, /Write this\? \[y\/N\]/);
            assert.equal(existsSync(launcher()), written);
            if (written) return;
            assert.match(stdout, /Nothing was written/);
            assert.deepEqual(treeOf(game), original);
        });
    }

    it("poolnv deploy: keeps an existing settings file, also at uninstall", async () => {
        mkdirSync(join(game, "data/nvse/PLUGINS"), { recursive: true });
        writeFileSync(join(game, "data/nvse/PLUGINS/PoolNV.ini"), "pool_size_mb = 512\n");
        original = treeOf(game);
        assert.match((await deploy("--yes", "--force")).stdout, /your own settings stay/);
        assert.equal(treeOf(game)["data/nvse/PLUGINS/PoolNV.ini"], original["data/nvse/PLUGINS/PoolNV.ini"]);
        await deploy("--yes", "--uninstall");
        assert.deepEqual(treeOf(game), original);
    });

    it("poolnv deploy: overwrites a changed launcher only with --force", async () => {
        await deploy("--yes");
        appendFileSync(launcher(), "# mine\n");
        const changed = treeOf(game);
        const { code, stderr } = await deploy("--yes");
        assert.deepEqual([code, treeOf(game)], [2, changed]);
        assert.match(stderr, /poolnv-launch.* is not as poolnv deploy wrote it.*\n.*--force/);
        assert.equal((await deploy("--yes", "--force")).code, 0);
        assert.doesNotMatch(readFileSync(launcher(), "utf8"), /# mine/);
    });

    it("poolnv deploy: updates its own launcher when another program starts the game", async () => {
        await deploy("--yes");
        writeFileSync(join(game, "NVSE_loader.exe"), "MZ");
        assert.match((await deploy("--yes")).stdout, /replaces the one that is there/);
        assert.match(readFileSync(launcher(), "utf8"), /program='?NVSE_loader\.exe/);
        appendFileSync(join(game, "FalloutNV.exe"), "nvse_steam_loader.dll");
        await deploy("--yes");
        assert.match(
            readFileSync(launcher(), "utf8"),
            /program='?FalloutNV\.exe/,
            "the patched game loads xNVSE itself",
        );
    });

    it(
        "poolnv deploy: replaces a link at the launcher's path only with --force, and never writes through it",
        onUnix(),
        async () => {
            const elsewhere = join(scratch, "elsewhere");
            writeFileSync(elsewhere, "precious");
            symlinkSync(elsewhere, launcher());
            symlinkSync(elsewhere, `${launcher()}.poolnv-new`);
            assert.equal((await deploy("--yes")).code, 2);
            assert.equal((await deploy("--yes", "--force")).code, 0);
            assert.equal(readFileSync(elsewhere, "utf8"), "precious");
            assert.ok(statSync(launcher()).isFile());
        },
    );

    it("poolnv deploy: refuses a game version that is not supported", async () => {
        makeTinyGame(game, { version: "1.4.0.1338" });
        const { code, stderr } = await deploy("--yes");
        assert.equal(code, 5);
        assert.match(stderr, /Nothing was written.*1\.4\.0\.1338.*\n.*Epic/);
        assert.ok(!existsSync(launcher()));
    });

    it("poolnv deploy: refuses a folder whose name has a line break", onUnix(), async () => {
        game = makeTinyGame(join(scratch, "a\nrm -rf b"));
        const { code, stderr } = await deploy("--yes");
        assert.equal(code, 2);
        assert.match(stderr, /line break.*\n.*Rename the folder/);
        assert.ok(!existsSync(launcher()));
    });

    it(
        "poolnv deploy: reports a folder that can't be written to, exit code 2",
        { skip: process.getuid?.() === 0 && "root may write anywhere" },
        async () => {
            chmodSync(game, 0o500);
            const { code, stderr } = await deploy("--yes");
            chmodSync(game, 0o700);
            assert.equal(code, 2);
            assert.match(stderr, /can't be written/);
        },
    );
});

describe("poolnv deploy --uninstall", () => {
    it("poolnv deploy --uninstall: removes exactly what was written, and the launcher's log", async () => {
        await deploy("--yes");
        writeFileSync(join(game, "poolnv-launch.log"), "attached");
        writeFileSync(join(game, "data/NVSE/Plugins/other.dll"), "MZ");
        const { code, stdout } = await deploy("--uninstall", "--yes");
        assert.equal(code, 0);
        assert.match(stdout, /poolnv\.ini +is removed\n.*poolnv-launch\.\w+ +is removed\n/);
        rmSync(join(game, "data/NVSE"), { recursive: true });
        assert.deepEqual(treeOf(game), original);
        assert.equal((await deploy("--uninstall", "--yes")).code, 2);
    });

    it("poolnv deploy --uninstall: leaves changed files and reports them; removes them with --force", async () => {
        await deploy("--yes");
        appendFileSync(settings(), "; mine\n");
        appendFileSync(launcher(), "# mine\n");
        const { code, stdout } = await deploy("--uninstall", "--yes");
        assert.equal(code, 0);
        assert.equal(stdout.match(/stays, because it was changed since/g)?.length, 2);
        assert.match(readFileSync(settings(), "utf8"), /; mine/);
        const { stdout: document } = await deploy("--uninstall", "--yes", "--force", "--json");
        assert.equal((JSON.parse(document) as { removed: string[] }).removed.length, 2);
        assert.deepEqual(treeOf(game), original);
    });

    it("poolnv deploy --uninstall: asks before it removes anything", async () => {
        await deploy("--yes");
        const before = treeOf(game);
        assert.equal((await deploy("--uninstall")).code, 2);
        assert.match(
            (await atTerminal("n\n", ["deploy", "--uninstall", "--game", game])).stdout,
            /Nothing was changed/,
        );
        assert.deepEqual(treeOf(game), before);
    });

    it("poolnv deploy: refuses a forged manifest, and changes nothing", async () => {
        const manifest = join(game, "poolnv-deploy.json");
        const digest = "0".repeat(64);
        const entry = (path: string) => ({
            format: 1,
            files: [{ path, sha256: [digest] }],
            folders: [],
            program: null,
        });
        for (const text of [
            JSON.stringify(entry("../precious")),
            JSON.stringify(entry("FalloutNV.exe")),
            JSON.stringify({ ...entry("poolnv-launch.sh"), folders: [".."] }),
            JSON.stringify({ ...entry("poolnv-launch.sh"), format: 2 }),
            '{"format": 1',
            "null",
            " ".repeat(100_000),
        ]) {
            writeFileSync(manifest, text);
            for (const args of [["--yes"], ["--uninstall", "--yes", "--force"]]) {
                const { code, stderr } = await deploy(...args);
                assert.equal(code, 2, text);
                assert.match(stderr, /poolnv-deploy\.json is not as poolnv deploy writes it/);
            }
        }
        rmSync(manifest);
        assert.deepEqual(treeOf(game), original);
    });
});

function deploy(...args: string[]) {
    return run(["deploy", "--game", game, ...args]);
}

/** Runs a command line with a terminal as its standard input, and types into it. */
async function atTerminal(typed: string, argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
    const texts = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
        streams[name].setEncoding("utf8").on("data", (text: string) => (texts[name] += text));
    }
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    if (typed === "") stdin.end();
    else stdin.write(typed);
    const code = await runCommandLine(argv, { stdin, ...streams, env: {} });
    return { code, ...texts };
}

function onUnix(): { skip: string | false } {
    return { skip: process.platform === "win32" && "it has no such names and links" };
}
