import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { execa } from "execa";
import { quoteForSh } from "../../../host/deploy/launcher/quote.js";
import { launchOptions, shLauncher } from "../../../host/deploy/launcher/sh.js";
import { falloutNewVegas } from "../../../shared/games/falloutnv.js";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { isRunning, pidsWhere } from "../../fixtures/support/running.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { makeTarget, type Target, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { run } from "../../unit/command-runner.js";
import { tinyProgram } from "./tiny-game.js";

const scratch = scratchFolder();
const oddNames = ["plain", "two  words", "it's", '"', "$HOME `id` $(id)", "100% & ^! *?[a] ~ # ; |", "\\n\\", "-e ü日"];
const onUnix = { skip: process.platform === "win32" && "it has no such shell" };

describe("the launcher for Linux", onUnix, () => {
    it("quoteForSh quotes any text without a line break, and refuses one", async () => {
        for (const name of oddNames) {
            const { stdout } = await execa("/bin/sh", ["-c", `printf %s ${quoteForSh(name)}`]);
            assert.equal(stdout, name);
        }
        for (const name of ["a\nb", "a\rb"]) assert.throws(() => quoteForSh(name), { code: "USAGE" });
    });

    it("launcher for Linux: replaces the program in Steam's command, keeps its other arguments and exit code", async () => {
        for (const name of oddNames) {
            const folder = makeFolder(name);
            write(folder, { program: "nvse_loader.exe", node: "/nowhere/node", poolnv: "/nowhere/bin.js" });
            const proton = join(folder, "proton");
            const given = join(folder, "given");
            writeFileSync(proton, `#!/bin/sh\nprintf '%s\\n' "$@" >${quoteForSh(given)}\nexit 7\n`, { mode: 0o755 });
            const words = ["waitforexitandrun", join(folder, "FalloutNVLauncher.exe"), "", "a  b", "*", "$HOME"];
            const command = [proton, ...words].map(quoteForSh).join(" ");
            const { exitCode, stderr } = await execa(
                "/bin/sh",
                ["-c", launchOptions(folder).replace("%command%", () => command)],
                {
                    cwd: scratch,
                    reject: false,
                },
            );
            assert.equal(exitCode, 7);
            words[1] = join(folder, "nvse_loader.exe");
            assert.equal(readFileSync(given, "utf8"), words.map((word) => `${word}\n`).join(""));
            assert.match(stderr, /without its pool: poolnv is no longer at \/nowhere\/bin\.js\. Run: poolnv deploy/);
        }
    });

    it("launcher for Linux: refuses a start by hand if the game runs in Steam's Proton", async () => {
        const folder = makeFolder("through steam");
        const launcher = write(folder, { onlyThroughSteam: true });
        const { exitCode, stderr } = await execa(launcher, { reject: false });
        assert.equal(exitCode, 2);
        assert.match(stderr, /start it from Steam/);
    });

    it("launcher for Linux: ends with Steam's command and leaves no process waiting", async () => {
        const folder = makeFolder("over at once");
        const launcher = write(folder, { node: process.execPath });
        const { exitCode } = await execa(launcher, ["/bin/sh", "-c", "sleep 1; exit 3"], {
            reject: false,
            timeout: 30_000,
        });
        assert.equal(exitCode, 3);
        assert.deepEqual(
            pidsWhere((args) => args.includes(folder)),
            [],
        );
    });

    it("launcher for Linux: a start by hand uses the known prefix, unless WINEPREFIX is set", async () => {
        const folder = makeFolder("by hand");
        const wine = join(folder, "wine");
        writeFileSync(wine, '#!/bin/sh\nprintf "%s|" "$WINEPREFIX" "$PWD" "$@"\n', { mode: 0o755 });
        const prefix = "/pre fix/it's";
        const launcher = write(folder, { prefix, node: "/nowhere", poolnv: "/nowhere" });
        const start = async (env: Record<string, string>) =>
            (await execa(launcher, { env: { POOLNV_WINE: wine, WINEPREFIX: "", ...env } })).stdout;
        const rest = `${folder}|${join(folder, "FalloutNV.exe")}|`;
        assert.equal(await start({}), `${prefix}|${rest}`);
        assert.equal(await start({ WINEPREFIX: "/other" }), `/other|${rest}`);
    });
});

describe(
    "the launcher for Linux with a small program in place of the game",
    { skip: whyNot("win32-ucrt") ?? false },
    () => {
        let target: Target;
        let folder: string;
        let launcher: string;

        before(async () => {
            target = await makeTarget("win32-ucrt");
            folder = makeFolder("FNV 100% it's $HOME & ^! ü");
            const program = join(folder, "FalloutNV.exe");
            writeFileSync(program, tinyProgram());
            const { code, stderr } = await run(["deploy", "--game", folder, "--yes"], { env: { HOME: scratch } });
            assert.equal(code, 0, stderr);
            writeFileSync(program, readFileSync(target.victim)); // with a version it would be recognised as the game, and refused
            launcher = join(folder, "poolnv-launch.sh");
        });
        after(() => target.remove());

        /** Wine spells the folder its own way. */
        const games = () => pidsWhere(([first = ""]) => /100% it's .*FalloutNV\.exe$/.test(first));

        for (const [way, steam] of [
            ["by hand", false],
            ["by Steam's command", true],
        ] as const) {
            it(`launcher for Linux, ${way}: the program gets its pool with the settings of its folder, and works`, async () => {
                const settings = join(folder, "Data/NVSE/Plugins/poolnv.ini");
                const text = readFileSync(settings, "utf8");
                writeFileSync(settings, text.replace("pool_size_mb = 1536", "pool_size_mb = 64"));
                const { file, args } = target.command(join(folder, "FalloutNVLauncher.exe"));
                const victim = await Victim.start({
                    victim: launcher,
                    command: (path) => ({ file: path, args: steam ? [file, ...args] : [], env: target.env }),
                });
                try {
                    const log = join(folder, "poolnv-launch.log");
                    await waitUntil(
                        "the pool",
                        () => existsSync(log) && / has its pool\./.test(readFileSync(log, "utf8")),
                        60_000,
                    );
                    assert.match(readFileSync(log, "utf8"), /pool +64 MB/);
                    const [pid] = games();
                    assert.ok(pid !== undefined && isRunning(pid));
                    await victim.order("work 1 1000 8");
                    const asked = await poolnv(["exec", String(pid), "GetMemoryPoolStats", "--json"], {
                        env: target.env,
                    });
                    assert.ok((JSON.parse(asked.stdout) as { pool_allocs: number }).pool_allocs > 100, asked.stdout);
                    assert.equal(await victim.quit(), 0);
                } finally {
                    victim.kill();
                    for (const pid of games()) process.kill(pid, "SIGKILL");
                    await victim.exited;
                    writeFileSync(settings, text);
                }
            });
        }
    },
);

function makeFolder(name: string): string {
    const folder = join(scratch, name);
    mkdirSync(folder, { recursive: true });
    return folder;
}

/** Writes a launcher as deploy does, without a game. */
function write(folder: string, changes: Partial<Parameters<typeof shLauncher>[0]>): string {
    const usual = { game: falloutNewVegas, folder, program: "FalloutNV.exe", prefix: null, onlyThroughSteam: false };
    const poolnv = new URL("../../../host/bin.js", import.meta.url).pathname;
    const launcher = join(folder, "poolnv-launch.sh");
    writeFileSync(launcher, shLauncher({ ...usual, node: process.execPath, poolnv, ...changes }), { mode: 0o755 });
    return launcher;
}
