import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { measure } from "../../../host/doctor/address-space.js";
import { checkNode } from "../../../host/doctor/checks/system.js";
import { exitCodeOf, type Finding } from "../../../host/doctor/finding.js";
import { parseMemoryMap } from "../../../host/process/memory-map.js";
import { type Environments, readEnvironments } from "../../fixtures/prepare/environments.js";
import { buildStandin } from "../../fixtures/standin/build-standin.js";
import { startStandin } from "../../fixtures/standin/start-standin.js";
import { poolnv } from "../../fixtures/support/poolnv.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { makeTarget, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { run } from "../../unit/command-runner.js";
import { placeGame, write } from "../installations/fake-steam.js";

interface Document {
    ok: boolean;
    game: { folder: string } | null;
    process: { pid: number; name: string } | null;
    findings: Finding[];
}

const scratch = scratchFolder();
const home = join(scratch, "home");

describe("poolnv doctor", { skip: whyNot("win32-ucrt") ?? false }, () => {
    const folder = join(scratch, "Fallout \x1b[31mNew Vegas");
    let program: string;

    before(async () => {
        program = await buildStandin();
        mkdirSync(folder, { recursive: true });
        copyFileSync(program, join(folder, "FalloutNV.exe"));
    });
    after(() => rmSync(dirname(program), { recursive: true, force: true }));

    it("poolnv doctor: prints a line per finding with its resolution below, and exits with 0 on warnings", async () => {
        const { code, stdout } = await doctor("--game", folder);
        assert.equal(code, 0);
        assert.match(stdout, /^ok {7}Node /);
        assert.match(stdout, /\nwarning {2}xNVSE is not installed.*\n {9}Unpack xNVSE/);
        assert.match(stdout, /\nok {7}the game is version 1\.4\.0\.525\n/);
        assert.match(stdout, /\n\nFound: 1 warning\.\n$/);
        assert.doesNotMatch(stdout, /\x1b/, "a folder's name can't steer the terminal"); // eslint-disable-line no-control-regex
    });

    it("poolnv doctor --json: prints one document with the findings", async () => {
        const { code, stdout } = await doctor("--game", folder, "--json");
        const document = JSON.parse(stdout) as Document;
        assert.deepEqual([code, document.ok, document.game?.folder, document.process], [0, true, folder, null]);
        assert.deepEqual(
            document.findings.find(({ id }) => id === "version"),
            {
                id: "version",
                level: "ok",
                message: "the game is version 1.4.0.525",
            },
        );
    });

    it("poolnv doctor: finds the game, and exits with 5 if another heap replacer is installed", async () => {
        placeGame(join(home, "Games/Fallout New Vegas"));
        copyFileSync(program, join(home, "Games/Fallout New Vegas/FalloutNV.exe"));
        write(join(home, "Games/Fallout New Vegas/Data/NVSE/Plugins/MemoryPoolNVSE.dll"), "");
        const { code, stdout } = await doctor("--json");
        const document = JSON.parse(stdout) as Document;
        assert.deepEqual([code, document.ok], [5, false]);
        assert.match(document.findings.find(({ id }) => id === "game")!.message, /Games.*usual place/);
    });

    it("poolnv doctor: lists several games, examines none and asks to choose one", async () => {
        placeGame(join(home, "GOG Games/Fallout New Vegas"));
        const { stdout } = await doctor("--json");
        const { findings, game } = JSON.parse(stdout) as Document;
        assert.deepEqual([game, findings.filter(({ id }) => id === "game").length], [null, 3]);
        assert.match(findings.findLast(({ id }) => id === "game")!.resolution!, /--game "/);
    });

    it("poolnv doctor: exits with 2 for an invalid settings file, in the game's folder or named", async () => {
        const own = join(folder, "data/nvse/plugins/poolnv.ini");
        write(own, "[pool]\npool_size_mb = 5000\n");
        const { code, stdout } = await doctor("--game", folder);
        assert.equal(code, 2);
        assert.match(stdout, /\nerror {4}.*poolnv\.ini:2.*5000/);
        writeFileSync(join(scratch, "good.ini"), "pool_size_mb = 512\n");
        assert.equal((await doctor("--game", folder, "--config", join(scratch, "good.ini"))).code, 0);
        writeFileSync(join(scratch, "patches.ini"), "extra_patches = on\nlayers = crt,gameheap,scrapheap\n");
        const warned = await doctor("--game", folder, "--config", join(scratch, "patches.ini"));
        assert.equal(warned.code, 0);
        assert.match(warned.stdout, /\nwarning .*extra_patches is on: poolnv attach .* will refuse/);
        rmSync(own);
    });

    it("poolnv doctor: exits with 4 if the engine is not prepared", async () => {
        const env = { POOLNV_CACHE: join(scratch, "empty cache"), HOME: join(scratch, "no home"), POOLNV_WINE: "" };
        const missing = await poolnv(["doctor", "--game", folder, "--json"], { env });
        const { findings } = JSON.parse(missing.stdout) as Document;
        assert.equal(missing.code, 4);
        assert.match(findings.find(({ id }) => id === "engine")!.resolution!, /poolnv setup --engine wine/);
        assert.equal((await poolnv(["doctor", "--engine", "python"], { env })).code, 4);
    });

    it("poolnv doctor: refuses a folder without the game (2) and a process that does not exist (3)", async () => {
        const noGame = await doctor("--game", scratch);
        assert.deepEqual([noGame.code, noGame.stdout], [2, ""]);
        assert.match(noGame.stderr, /^error: There is no FalloutNV\.exe in .*\n {2}Name the folder/);
        assert.equal((await doctor("no-such-program")).code, 3);
    });
});

describe("poolnv doctor with a running program", { skip: whyNot("win32-ucrt") ?? false }, () => {
    it("poolnv doctor PID: examines the folder of a running game and its free address space", async () => {
        const program = await buildStandin({ largeAddressAware: false });
        const standin = await startStandin(program);
        try {
            const { code, document } = await look(standin.pid, wineOf(readEnvironments()));
            assert.deepEqual([code, document.process?.pid], [0, standin.pid], JSON.stringify(document));
            assert.equal(document.game?.folder, dirname(program));
            assert.match(message(document, "version"), /1\.4\.0\.525/);
            assert.match(message(document, "pool"), /no pool installed/);
            assert.match(message(document, "address-space"), /of 2048\.00 MB are in use/);
            assert.equal(await standin.quit(0), 0, "it runs on unharmed");
        } finally {
            standin.kill();
            await standin.exited;
            rmSync(dirname(program), { recursive: true, force: true });
        }
    });

    it("poolnv doctor PID: reports whether a Windows program has its pool, and that the engine starts", async () => {
        const target = await makeTarget("win32-ucrt");
        const victim = await Victim.start(target);
        try {
            const before = await look(victim.pid, target.env);
            assert.deepEqual([before.code, before.document.game], [0, null]);
            assert.match(message(before.document, "engine"), /wine engine starts/);
            assert.match(message(before.document, "pool"), /no pool installed/);
            const installed = await poolnv(["attach", String(victim.pid), "--detach", "--pool-size", "64"], target);
            assert.equal(installed.code, 0, installed.stderr);
            const after = await look(victim.pid, target.env);
            assert.match(message(after.document, "pool"), /has its pool: 64\.00 MB, recycle/);
        } finally {
            victim.kill();
            await victim.exited;
            target.remove();
        }
    });

    it(
        "poolnv doctor PID: searches for no game if the program is no game",
        { skip: whyNot("linux-x64") ?? false },
        async () => {
            const target = await makeTarget("linux-x64");
            const victim = await Victim.start(target);
            try {
                const { code, document } = await look(victim.pid, {});
                assert.deepEqual([code, document.game], [0, null]);
                assert.deepEqual(
                    document.findings.map(({ id }) => id),
                    ["node", "engine", "configuration", "pool"],
                );
            } finally {
                victim.kill();
                await victim.exited;
                target.remove();
            }
        },
    );

    async function look(pid: number, env: Record<string, string>) {
        const { code, stdout } = await poolnv(["doctor", String(pid), "--json"], { env });
        return { code, document: JSON.parse(stdout) as Document };
    }

    function message({ findings }: Document, id: string): string {
        return findings.find((finding) => finding.id === id)?.message ?? "";
    }
});

describe("the checks of doctor", () => {
    it("checkNode accepts Node 20.19 and newer", () => {
        const level = (version: string) => checkNode(version)[0]!.level;
        assert.deepEqual(["20.19.0", "22.1.0", "20.18.9", "18.20.0"].map(level), ["ok", "ok", "error", "error"]);
    });

    it("exitCodeOf is that of a missing engine, else that of the first error", () => {
        const finding = (id: Finding["id"], level: Finding["level"] = "error") => ({ id, level, message: "" });
        assert.equal(exitCodeOf([finding("replacer"), finding("engine")]), 4);
        assert.equal(exitCodeOf([finding("engine", "warning"), finding("configuration"), finding("replacer")]), 2);
        assert.equal(exitCodeOf([finding("replacer", "ok")]), 0);
    });

    it("measure finds the largest free and reserved ranges of an address space", () => {
        const maps = [
            "00110000-00200000 rw-p 00000000 00:00 0 ",
            "00200000-00300000 ---p 00000000 00:00 0 ",
            "00400000-00500000 r-xp 00000000 08:01 5 /a b/FalloutNV.exe",
            "7fff0000-80010000 rw-p 00000000 00:00 0 ",
            "90000000-90001000 rw-p 00000000 00:00 0 ",
        ];
        assert.deepEqual(measure(parseMemoryMap(maps.join("\n")), 0x8000_0000), {
            limit: 0x8000_0000,
            used: 0xf_0000 + 0x10_0000 + 0x1_0000,
            largestFree: 0x7fff_0000 - 0x50_0000,
            largestReserved: 0x7fff_0000 - 0x50_0000,
        });
        const reserved = measure(parseMemoryMap("00110000-70000000 ---p 00000000 00:00 0 "), 0x8000_0000);
        assert.deepEqual([reserved.largestFree, reserved.largestReserved], [0x1000_0000, 0x7fff_0000]);
    });
});

function wineOf({ wine }: Environments): Record<string, string> {
    return wine.ready ? { POOLNV_WINE: wine.wine, WINEPREFIX: wine.prefix } : {};
}

function doctor(...args: string[]) {
    return run(["doctor", ...args], { env: { HOME: home } });
}
