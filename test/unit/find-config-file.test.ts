import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { findConfigFile } from "../../host/config/find-config-file.js";
import { unixPath } from "../../host/process/wine.js";
import { run } from "./command-runner.js";

let folder: string;
beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "poolnv-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("findConfigFile", () => {
    it("findConfigFile finds the file in the plugin folder, case-insensitively", () => {
        const program = writeProgram();
        assert.equal(findConfigFile({ program }), null);
        const file = writeSettings("data/nvse/PLUGINS/Poolnv.INI");
        assert.deepEqual(findConfigFile({ program }), { file, trusted: true });
    });

    it("findConfigFile ignores a folder of that name", () => {
        mkdirSync(path.join(folder, "Data/NVSE/Plugins/poolnv.ini"), { recursive: true });
        assert.equal(findConfigFile({ program: writeProgram() }), null);
    });

    it("findConfigFile returns null for an unknown program", () => {
        assert.equal(findConfigFile({ program: path.join(folder, "none") }), null);
        assert.equal(findConfigFile({ process: "no-such-game" }), null);
        assert.equal(findConfigFile({ process: 4711, engine: "wine" }), null);
    });

    describe("on Linux", { skip: process.platform !== "linux" }, () => {
        it("findConfigFile follows a link to the program", () => {
            const file = writeSettings("Data/NVSE/Plugins/poolnv.ini");
            mkdirSync(path.join(folder, "bin"));
            const link = path.join(folder, "bin", "game");
            symlinkSync(writeProgram(), link);
            assert.equal(findConfigFile({ program: link })?.file, file);
        });

        it("findConfigFile finds the file of a process by name and by pid", async () => {
            const file = writeSettings("Data/NVSE/Plugins/poolnv.ini");
            const child = spawn(writeProgram("sleep"), ["60"]);
            try {
                await once(child, "spawn");
                assert.equal(findConfigFile({ process: child.pid! })?.file, file);
                assert.equal(findConfigFile({ process: path.basename(folder) })?.file, file);
            } finally {
                child.kill();
                await once(child, "exit");
            }
        });

        it("findConfigFile does not trust a file of another user", { skip: process.getuid?.() !== 0 }, () => {
            chownSync(writeSettings("Data/NVSE/Plugins/poolnv.ini"), 12345, 12345);
            assert.equal(findConfigFile({ program: writeProgram() })?.trusted, false);
            process.env["SUDO_UID"] = "12345";
            assert.equal(findConfigFile({ program: writeProgram() })?.trusted, true);
            delete process.env["SUDO_UID"];
        });
    });

    /** A copy of a program of the system; its name is that of the test's folder, which no other process has. */
    function writeProgram(original = "true"): string {
        const program = path.join(folder, path.basename(folder) + (process.platform === "win32" ? ".exe" : ""));
        copyFileSync(process.platform === "linux" ? `/bin/${original}` : process.execPath, program);
        return program;
    }

    function writeSettings(below: string): string {
        const file = path.join(folder, below);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, "pool_size_mb = 64\n");
        return file;
    }
});

describe("the path of a program under Wine", { skip: process.platform === "win32" }, () => {
    const place = (windows: string, home: string | null = null) =>
        unixPath({ path: windows, prefix: home === null ? folder : null, home }, folder);

    it("the path of a program under Wine is resolved by the drives of its prefix, case-insensitively", () => {
        mkdirSync(path.join(folder, "dosdevices"));
        mkdirSync(path.join(folder, "drive_c", "Games"), { recursive: true });
        symlinkSync("../drive_c", path.join(folder, "dosdevices", "c:"));
        writeFileSync(path.join(folder, "drive_c", "Games", "FalloutNV.exe"), "");
        const found = path.join(folder, "dosdevices", "c:", "Games", "FalloutNV.exe");
        assert.equal(place("C:\\Games\\FalloutNV.exe"), found);
        assert.equal(place("c:/GAMES/falloutnv.EXE"), found);
        assert.equal(place("C:\\Games\\Fallout3.exe"), null);
        assert.equal(place("D:\\Games\\FalloutNV.exe"), null);
    });

    it("the path of a program under Wine is resolved by ~/.wine if no prefix is named", () => {
        mkdirSync(path.join(folder, ".wine", "dosdevices"), { recursive: true });
        symlinkSync(folder, path.join(folder, ".wine", "dosdevices", "z:"));
        writeFileSync(path.join(folder, "game.exe"), "");
        assert.equal(place("Z:\\game.exe", folder), path.join(folder, ".wine", "dosdevices", "z:", "game.exe"));
    });

    it("the path of a program under Wine may be a Linux path or relative to its working folder", () => {
        writeFileSync(path.join(folder, "game.exe"), "");
        const expected = path.join(folder, "game.exe");
        assert.equal(place(`\\\\?\\unix${expected.replaceAll("/", "\\")}`), expected);
        assert.equal(place(expected), expected);
        assert.equal(place("GAME.exe"), expected);
        assert.equal(unixPath({ path: "game.exe", prefix: null, home: null }, null), null);
    });
});

describe("the command line", () => {
    it("the program's configuration file is used, and options override it", async () => {
        const file = path.join(folder, "poolnv.ini");
        writeFileSync(file, "pool_size_mb = 64\nstrategy = bump\n[groups]\nsmall_mb = 20\n");
        const services = { findConfigFile: () => ({ file, trusted: true }) };
        for (const [poolSizeMb, ...argv] of [
            [128, "attach", "x", "--pool-size", "128"],
            [128, "launch", "x", "--pool-size", "128"],
            [64, "exec", "x", "IsMemoryPoolActive"],
        ] as [number, ...string[]][]) {
            const { calls, stderr } = await run(argv, { services });
            const { onProgress, ...options } = calls[0]?.options ?? {};
            assert.equal(typeof onProgress, "function");
            assert.equal(options.poolSizeMb, poolSizeMb);
            assert.equal(options.strategy, "bump");
            assert.deepEqual(options.tuning, { groupsMb: { small: 20 } });
            assert.equal(options.settingsFile, file);
            assert.match(stderr, new RegExp(`^settings from ${file}$`, "m"));
        }
    });

    it("--config prevents the search for the program's configuration file", async () => {
        const file = path.join(folder, "own.ini");
        writeFileSync(file, "strategy = bump\n");
        const findConfigFile = () => assert.fail("it looked");
        const { calls } = await run(["attach", "x", "--detach", "--config", file], { services: { findConfigFile } });
        assert.equal(calls[0]?.options?.strategy, "bump");
    });

    it("a command searches the configuration file of its own program", async () => {
        const asked: unknown[] = [];
        const services = { findConfigFile: (wanted: unknown) => (asked.push(wanted), null) };
        await run(["attach", "42", "--detach", "--engine", "python"], { services });
        await run(["launch", "--detach", "--", "./game", "--x"], { services });
        assert.deepEqual(asked, [{ process: 42, engine: "python" }, { program: "./game" }]);
    });

    it("a configuration file of another user is not used, with a warning", async () => {
        const services = { findConfigFile: () => ({ file: "/games/poolnv.ini", trusted: false }) };
        const { code, calls, stderr } = await run(["attach", "x", "--detach"], { services });
        assert.equal(code, 0);
        assert.match(stderr, /^warning: \/games\/poolnv\.ini belongs to another user.*--config \/games\/poolnv\.ini$/m);
        assert.equal(calls[0]?.options?.settingsFile, undefined);
    });
});
