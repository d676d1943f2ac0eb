import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
    chmodSync,
    closeSync,
    copyFileSync,
    mkdirSync,
    openSync,
    readSync,
    renameSync,
    rmSync,
    writeFileSync,
    writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { examineGame } from "../../../host/doctor/examine-game.js";
import { readGame } from "../../../host/doctor/examined-game.js";
import type { Finding, FindingId } from "../../../host/doctor/finding.js";
import { gameIn } from "../../../host/game/find-games.js";
import { buildStandin, type StandinOptions } from "../../fixtures/standin/build-standin.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { whyNot } from "../../fixtures/support/targets.js";
import { write } from "../installations/fake-steam.js";

describe("doctor's checks of a game's folder", { skip: whyNot("win32-ucrt") ?? false }, () => {
    const scratch = scratchFolder();
    const built: string[] = [];
    let usual: string;
    let folder: string;
    let count = 0;

    before(async () => (usual = await build({})));
    after(() => built.forEach((program) => rmSync(dirname(program), { recursive: true, force: true })));
    beforeEach(() => {
        folder = join(scratch, `FNV ${count++} (100%) & 'ü'`);
        mkdirSync(folder);
        copyFileSync(usual, join(folder, "FalloutNV.exe"));
    });

    it("doctor finds nothing to resolve in a complete installation", () => {
        for (const file of ["nvse_loader.exe", "nvse_1_4.dll", "NVSE_steam_loader.DLL", "Data/x.esm"]) place(file);
        const findings = examine();
        assert.deepEqual(
            findings.filter(({ level }) => level !== "ok"),
            [],
        );
        const ids = ["version", "code", "large-addresses", "replacer", "xnvse", "log"];
        assert.deepEqual(
            findings.map(({ id }) => id),
            ids,
        );
        const log = join(folder, "Data", "NVSE", "Plugins", "MemoryPool_Debug.log");
        assert.equal(only("log").message, `the log will be ${log}`);
    });

    it("doctor reports another version of the game, with advice for it", async () => {
        for (const [version, resolution] of [
            ["1.4.0.1338", /Epic Games Patcher/],
            ["1.3.0.452", /update the game/],
        ] as const) {
            await use({ version });
            assert.match(only("version", "error").message, RegExp(version.replaceAll(".", "\\.")));
            assert.match(only("version").resolution!, resolution);
            assert.deepEqual(all("code"), [], "there is no profile to compare with");
        }
    });

    it("doctor recognises Epic's edition by its own library, whatever its version", async () => {
        await use({ version: "1.4.0.1400" });
        writeFileSync(join(folder, "eossdk-win32-shipping.dll"), "MZ");
        assert.match(only("version", "error").resolution!, /Epic's edition/);
    });

    it("doctor names the functions that another tool has patched in the file", async () => {
        await use({ hookedFirst: ["heap_allocate", "crt_realloc"] });
        assert.match(
            only("code", "error").message,
            /differs at 2 of the functions that poolnv hooks: realloc, MemoryHeap::Allocate/,
        );
    });

    it("doctor reports Steam's protection without an error, and does not suggest --set-laa", async () => {
        await use({ protected: true, largeAddressAware: false });
        assert.match(only("protection", "ok").message, /\.bind/);
        assert.deepEqual(all("code"), []);
        assert.doesNotMatch(only("large-addresses", "warning").resolution!, /--set-laa/, "which is refused there");
    });

    it("doctor warns of a program without the large-address-aware flag", async () => {
        await use({ largeAddressAware: false });
        assert.match(only("large-addresses", "warning").message, /only 2 GB/);
        assert.match(only("large-addresses").resolution!, /4GB Patcher.*poolnv deploy --set-laa/);
    });

    const replacers: [string, [string, string?][], RegExp][] = [
        ["NVHR", [["d3dx9_38.dll"], ["data/nvhr/nvhr.dll"]], /NVHR/],
        ["NVHR as a plugin", [["Data/NVSE/Plugins/nvhr.dll"]], /NVHR.* plugin/],
        ["psycho", [["dinput8.dll"], ["Syringe/psycho_engine_fixes.dll"]], /psycho/],
        ["the plugin MemoryPool", [["Data/nvse/plugins/MemoryPoolNVSE.dll"]], /MemoryPool/],
        [
            "NVSR with its heap",
            [
                ["Data/NVSE/Plugins/sr_New_Vegas_Stutter_Remover.dll"],
                ["Data/NVSE/Plugins/sr_New_Vegas_Stutter_Remover.ini", "Master = {\r\n\tbReplaceHeap = 1\r\n}\r\n"],
            ],
            /NVSR.*bReplaceHeap = 1/,
        ],
        [
            "NVTF with its heap",
            [["Data/NVSE/Plugins/nvtf.dll"], ["Data/NVSE/Plugins/NVTF.ini", "[Main]\nEnableHeapReplacement=1\n"]],
            /NVTF/,
        ],
    ];
    for (const [name, files, message] of replacers) {
        it(`doctor finds the heap replacer ${name}, but not if a part of it is missing`, () => {
            for (const [index, [file, text]] of files.entries()) {
                assert.equal(only("replacer").level, "ok", `before ${file}`);
                place(file, text);
                if (index < files.length - 1) continue;
                assert.match(only("replacer", "error").message, message);
            }
        });
    }

    it("doctor does not mistake other files for a heap replacer", () => {
        place("d3dx9_38.dll");
        place("dinput8.dll");
        place("syringe/readme.txt");
        place("Data/NVSE/Plugins/sr_New_Vegas_Stutter_Remover.dll");
        const ini = "Master = {\n\tbReplaceHeap = 0\n\t;bReplaceHeap = 1\n}\n";
        place("Data/NVSE/Plugins/sr_New_Vegas_Stutter_Remover.ini", ini);
        place("Data/NVSE/Plugins/MemoryPool_Debug.log");
        assert.equal(only("replacer").level, "ok");
        write(join(folder, "Data/NVSE/Plugins/NVTF.ini"), Buffer.alloc(3_000_000, "bReplaceHeap=1\n"));
        place("Data/NVSE/Plugins/nvtf.dll");
        assert.equal(only("replacer").level, "ok", "no settings have 3 MB");
    });

    it("doctor reports xNVSE as missing, incomplete, installed, or loaded by the patched program", () => {
        assert.match(only("xnvse", "warning").message, /is not installed/);
        place("nvse_loader.exe");
        assert.match(only("xnvse", "warning").message, /incomplete, missing: nvse_steam_loader\.dll, nvse_1_4\.dll/);
        place("nvse_steam_loader.dll");
        place("nvse_1_4.dll");
        assert.equal(only("xnvse", "ok").message, "xNVSE is installed");
        execFileSync("/bin/sh", [
            "-c",
            'printf "nvse_steam_loader.dll\\0" >> "$1"',
            "-",
            join(folder, "FalloutNV.exe"),
        ]);
        assert.match(only("xnvse", "ok").message, /the patched program loads it/);
    });

    it("doctor warns if xNVSE enlarges the game's heaps", () => {
        place(
            "Data/NVSE/nvse_config.ini",
            "[Release]\r\nLogLevel=0\r\n[Memory]\r\nDefaultHeapInitialAllocMB = 500\r\n",
        );
        assert.match(only("xnvse-memory", "warning").message, /DefaultHeapInitialAllocMB = 500$/);
        place("Data/NVSE/nvse_config.ini", "[Memory]\n;DefaultHeapInitialAllocMB = 500\n[__proto__]\na=b\n");
        assert.deepEqual(all("xnvse-memory"), []);
        place("Data/NVSE/nvse_config.ini", "[Memory]\ndefaultheapinitialallocmb=200\nScrapHeapSizeMB=128\n");
        assert.match(only("xnvse-memory", "warning").message, /the pool: ScrapHeapSizeMB = 128$/);
        rmSync(join(folder, "Data/NVSE/nvse_config.ini"));
        mkdirSync(join(folder, "Data/NVSE/nvse_config.ini"));
        assert.match(only("xnvse-memory", "warning").message, /is a folder/);
    });

    it("doctor accepts heap sizes of xNVSE that are the game's own", () => {
        place("Data/NVSE/nvse_config.ini", "[Memory]\r\nDefaultHeapInitialAllocMB=200\r\nScrapHeapSizeMB=64\r\n");
        assert.match(only("xnvse-memory", "ok").message, /^xNVSE does not enlarge the game's own heaps$/);
    });

    it("doctor reports where the log will be, and warns if its folder is a file", () => {
        assert.match(only("log", "ok").message, /beside the program/);
        place("Data/NVSE");
        assert.match(only("log", "warning").message, /NVSE is not a folder/);
        assert.match(only("log").resolution!, /--log FILE/);
    });

    it(
        "doctor warns if the log's folder is not writable",
        { skip: process.getuid?.() === 0 && "nothing is closed to root" },
        () => {
            place("Data/NVSE/Plugins/x.dll");
            chmodSync(join(folder, "Data/NVSE/Plugins"), 0o500);
            assert.match(only("log", "warning").message, /you may not write to/);
        },
    );

    it("doctor reports a damaged program in one finding", () => {
        const program = join(folder, "FalloutNV.exe");
        const whole = Buffer.from(execFileSync("head", ["-c", "65536", program]));
        const damaged: [string, Buffer][] = [
            ["empty", Buffer.alloc(0)],
            ["two letters", Buffer.from("MZ")],
            ["zeros", Buffer.alloc(100_000)],
            ["headers far away", changed(whole, 0x3c, 0xffff_fff0)],
            ["no headers", changed(whole, 0x80, 0)],
            ["of 64 bits", changed(whole, 0x84, 0x8664)],
            ["many sections", changed(whole, 0x84, 0xffff_014c)],
        ];
        for (const [name, bytes] of damaged) {
            writeFileSync(program, bytes);
            assert.equal(only("program", "error").resolution?.includes("verify the game's files"), true, name);
            assert.deepEqual(all("version"), [], name);
        }
        writeFileSync(program, whole);
        assert.equal(all("program").length + all("version").length > 0, true, "cut off");
        renameSync(program, `${program}.x`);
        assert.throws(examine, { code: "NO_GAME" });
    });

    it("doctor examines a program with any byte of its headers changed, without a fault", () => {
        const file = openSync(join(folder, "FalloutNV.exe"), "r+");
        try {
            const headers = Buffer.alloc(0x300);
            readSync(file, headers, 0, headers.length, 0);
            for (const [at, byte] of headers.entries()) {
                writeSync(file, Buffer.from([byte ^ 0xff]), 0, 1, at);
                assert.ok(examine().length > 0);
                writeSync(file, Buffer.from([byte]), 0, 1, at);
            }
        } finally {
            closeSync(file);
        }
        assert.equal(only("version").level, "ok");
    });

    async function build(options: StandinOptions): Promise<string> {
        const program = await buildStandin(options);
        built.push(program);
        return program;
    }

    async function use(options: StandinOptions): Promise<void> {
        copyFileSync(await build(options), join(folder, "FalloutNV.exe"));
    }

    function place(file: string, text = ""): void {
        write(join(folder, file), text);
    }

    function examine(): Finding[] {
        return examineGame(readGame(gameIn(folder)));
    }

    function all(id: FindingId): Finding[] {
        return examine().filter((finding) => finding.id === id);
    }

    function only(id: FindingId, level?: Finding["level"]): Finding {
        const [finding, second] = all(id);
        assert.ok(finding !== undefined && second === undefined, `one finding ${id}`);
        if (level !== undefined) assert.equal(finding.level, level, finding.message);
        return finding;
    }
});

function changed(bytes: Buffer, at: number, value: number): Buffer {
    const copy = Buffer.from(bytes);
    copy.writeUInt32LE(value, at);
    return copy;
}
