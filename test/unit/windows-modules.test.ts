import assert from "node:assert/strict";
import { existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, it } from "node:test";
import { execa } from "execa";
import { pathOnWindows, pathsUnderWine } from "../../host/modules/host-paths.js";
import { readHeaders } from "../../host/modules/pe/headers.js";
import { ProgramBytes } from "../../host/modules/program-bytes.js";
import { openSymbols } from "../../host/modules/symbols.js";
import { readEnvironments } from "../fixtures/prepare/environments.js";
import { scratchFolder } from "../fixtures/support/scratch-folder.js";
import { makeLibrary } from "./made-library.js";

const { wine, windowsHost } = readEnvironments();
const base = 0x10000000;
/** A module without a file, as every 64-bit program has one. */
const high = { base: 0x7ff800000000, bytes: 0x10000, path: "C:\\high.dll" };

describe("symbols of a Windows program", () => {
    const folder = scratchFolder();

    const libraries = wine.ready
        ? ["msvcrt", "ucrtbase", "kernel32", "ntdll"].map((name) =>
              join(wine.prefix, `drive_c/windows/system32/${name}.dll`),
          )
        : [];
    const programs = windowsHost.ready ? [windowsHost.node] : [];
    for (const file of [...libraries, ...programs]) {
        const name = basename(file);
        it(`symbols: each function that ${name} exports by name has that name, as objdump reads it`, async () => {
            const expected = await exportsByAddress(file);
            assert.ok(expected.size > 100, `${expected.size} functions`);
            const { imageBytes, is64Bit } = ProgramBytes.read(file, readHeaders);
            const modules = [{ base, bytes: imageBytes, path: `C:\\${name}` }, ...(is64Bit ? [high] : [])];
            const symbols = openSymbols({ kind: "windows", modules: async () => modules, toHostPath: () => file });
            const starts = [...expected.keys()];
            const found = await symbols.symbolsOf(starts.map((start) => hex(base + start + 1)));
            for (const [index, symbol] of found.entries()) {
                const start = starts[index]!;
                assert.ok(symbol.function !== null, `${hex(start)} has no name`);
                assert.ok(expected.get(start)!.has(symbol.function), `${hex(start)} is ${symbol.function}`);
                assert.deepEqual([symbol.module, symbol.offset, symbol.into], [name, start + 1, 1]);
            }
        });
    }
    it("symbols: libraries of a real Wine are read", { skip: wine.ready ? false : wine.reason }, () => {
        assert.ok(libraries.every((file) => existsSync(file)));
    });
    it("symbols: a real Windows program is read", { skip: windowsHost.ready ? false : windowsHost.reason }, () => {
        assert.ok(programs.every((file) => existsSync(file)));
    });

    it("symbols: the exports of a 64-bit library are what objdump reads", async () => {
        const file = join(folder, "wide.dll");
        writeFileSync(
            file,
            makeLibrary({ is64Bit: true, functions: { one: 0x1100, two: 0x1200 }, imageBytes: 0x5000 }),
        );
        assert.deepEqual(
            [...(await exportsByAddress(file))],
            [
                [0x1100, new Set(["one"])],
                [0x1200, new Set(["two"])],
            ],
        );
        const modules = [{ base: high.base + high.bytes, bytes: 0x5000, path: "C:\\wide.dll" }, high];
        const symbols = openSymbols({ kind: "windows", modules: async () => modules, toHostPath: () => file });
        const found = await symbols.symbolsOf([0x1101, 0x1203].map((at) => hex(modules[0]!.base + at)));
        assert.deepEqual(
            found.map((symbol) => [symbol.function, symbol.into]),
            [
                ["one", 1],
                ["two", 3],
            ],
        );
    });

    it("symbols: up to 64 KB behind an export have its name, what is before the first one has none", async () => {
        const file = join(folder, "one.dll");
        writeFileSync(file, makeLibrary({ is64Bit: false, functions: { first: 0x1100 }, imageBytes: 0x40000 }));
        const symbols = openSymbols({
            kind: "windows",
            modules: async () => [{ base, bytes: 0x40000, path: "C:\\one.dll" }],
            toHostPath: () => file,
        });
        const found = await symbols.symbolsOf([0x1100, 0x1101, 0x11100, 0x11101, 0x40000].map((at) => hex(base + at)));
        assert.deepEqual(
            found.map((symbol) => [symbol.module, symbol.function, symbol.into]),
            [
                ["one.dll", null, 0],
                ["one.dll", "first", 1],
                ["one.dll", "first", 0x10000],
                ["one.dll", null, 0],
                [null, null, 0],
            ],
        );
        assert.deepEqual(await symbols.moduleOf(hex(base + 0x20)), { module: "one.dll", offset: 0x20 });
        assert.equal(await symbols.moduleOf("0x20"), null);
    });

    describe("under Wine", () => {
        const prefix = join(folder, "prefix");
        const windows = join(prefix, "drive_c/windows");
        mkdirSync(join(windows, "system32"), { recursive: true });
        mkdirSync(join(windows, "syswow64"));
        mkdirSync(join(prefix, "dosdevices"));
        symlinkSync("../drive_c", join(prefix, "dosdevices/c:"));
        symlinkSync("/", join(prefix, "dosdevices/z:"));
        const imageBytes = 0x5000;
        const in64Bits = makeLibrary({ is64Bit: true, functions: { wide: 0x1100 }, imageBytes });
        writeFileSync(join(windows, "system32/Both.dll"), in64Bits);
        const in32Bits = makeLibrary({ is64Bit: false, functions: { narrow: 0x1100 }, imageBytes });
        writeFileSync(join(windows, "syswow64/both.dll"), in32Bits);
        writeFileSync(join(windows, "system32/only.dll"), in32Bits);
        const toHostPath = pathsUnderWine({ prefix, home: null });

        const functionIn = async (path: string, others: (typeof high)[] = [], bytes = imageBytes) => {
            const modules = [{ base, bytes, path }, ...others];
            const symbols = openSymbols({ kind: "windows", modules: async () => modules, toHostPath });
            const [symbol] = await symbols.symbolsOf([hex(base + 0x1105)]);
            assert.equal(symbol?.module?.toLowerCase(), path.split("\\").at(-1)?.toLowerCase());
            return symbol?.function;
        };

        it("symbols: a 32-bit program's System32 is SysWOW64, a 64-bit program's is not", async () => {
            assert.equal(await functionIn("C:\\Windows\\System32\\BOTH.DLL"), "narrow");
            assert.equal(await functionIn("C:\\windows\\system32\\both.dll", [high]), "wide");
        });

        it("symbols: on a 32-bit system System32 is System32", async () => {
            assert.equal(await functionIn("C:\\windows\\system32\\only.dll"), "narrow");
        });

        it("symbols: a file of another size than the module's image gives no names", async () => {
            assert.equal(await functionIn("C:\\windows\\system32\\only.dll", [], imageBytes + 0x1000), null);
        });

        it("symbols: a path with the prefix for long paths and a Unix path are found", async () => {
            assert.equal(await functionIn("\\\\?\\C:\\windows\\system32\\only.dll"), "narrow");
            const unix = join(windows, "system32/only.dll").replaceAll("/", "\\");
            assert.equal(await functionIn(`\\\\?\\unix${unix}`), "narrow");
            assert.equal(await functionIn(`Z:${unix}`), "narrow");
        });

        it("symbols: a module without a file on this system, or with one that is no library, has no names", async () => {
            assert.equal(await functionIn("C:\\gone.dll"), null);
            assert.equal(await functionIn("\\\\server\\share\\only.dll"), null);
            assert.equal(await functionIn("Z:\\dev\\zero"), null);
            assert.equal(await functionIn("C:\\windows\\system32"), null);
        });

        it("symbols: a file that is replaced while a program is asked about is read again", async () => {
            const file = join(windows, "system32/changed.dll");
            const modules = async () => [{ base, bytes: imageBytes, path: "C:\\windows\\system32\\changed.dll" }];
            const symbols = openSymbols({ kind: "windows", modules, toHostPath });
            const asked = async () => (await symbols.symbolsOf([hex(base + 0x1105)]))[0]?.function;
            writeFileSync(file, in32Bits);
            utimesSync(file, 1, 1);
            assert.equal(await asked(), "narrow");
            writeFileSync(file, makeLibrary({ is64Bit: false, functions: { fresh: 0x1100 }, imageBytes }));
            assert.equal(await asked(), "fresh");
        });
    });

    it("symbols: on Windows no share and no device is opened, which a program could name", () => {
        for (const path of [
            "\\\\server\\share\\x.dll",
            "\\\\?\\UNC\\server\\share\\x.dll",
            "\\\\.\\pipe\\x",
            "x.dll",
        ]) {
            assert.equal(pathOnWindows(path), null, path);
        }
        for (const path of ["C:\\x.dll", "\\\\?\\c:\\x.dll"]) assert.equal(pathOnWindows(path), path);
    });
});

/** Names by offset, without forwarders and data, up to 200 characters. */
async function exportsByAddress(file: string): Promise<Map<number, Set<string>>> {
    const { stdout } = await execa("objdump", ["-p", file], { maxBuffer: 100_000_000 });
    const addresses = new Map<number, number>();
    for (const [, index, address] of stdout.matchAll(/^\t\[ *(\d+)\] \+base\[ *\d+\] +([0-9a-f]+) Export RVA/gm)) {
        addresses.set(Number(index), parseInt(address!, 16));
    }
    const { sections } = ProgramBytes.read(file, readHeaders);
    const code = sections.filter(({ isCode }) => isCode);
    const byAddress = new Map<number, Set<string>>();
    const [, names = ""] = stdout.split("[Ordinal/Name Pointer] Table");
    for (const [, index, name] of names.matchAll(/^\t\[ *(\d+)\](?: \+base\[ *\d+\] +[0-9a-f]+)? (\S+)$/gm)) {
        const address = addresses.get(Number(index));
        if (address === undefined) continue;
        const isIn = ({ address: first, addressBytes }: (typeof code)[number]) =>
            address >= first && address < first + addressBytes;
        if (code.some(isIn)) byAddress.set(address, (byAddress.get(address) ?? new Set()).add(name!.slice(0, 200)));
    }
    return byAddress;
}

function hex(value: number): string {
    return `0x${value.toString(16)}`;
}
