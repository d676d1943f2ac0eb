import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { describe, it } from "node:test";
import { UnreadableFile } from "../../host/files/system-error.js";
import { readDynamicSection } from "../../host/modules/elf/dynamic.js";
import { readFunctions, readLoadedFunctions } from "../../host/modules/elf/functions.js";
import { readElfHeaders, segmentDynamic, segmentLoaded } from "../../host/modules/elf/headers.js";
import type { FunctionTable } from "../../host/modules/function-table.js";
import { functionAt } from "../../host/modules/module-symbols.js";
import { readExports } from "../../host/modules/pe/exports.js";
import { readHeaders } from "../../host/modules/pe/headers.js";
import { readMemoryMap } from "../../host/process/memory-map.js";
import { mutate } from "../game/saves/mutate.js";
import { BufferBytes } from "./buffer-bytes.js";
import { exportsStart, makeLibrary } from "./made-library.js";

/** The smallest library in this process. */
const library = readMemoryMap(process.pid)!
    .filter(({ name, access }) => /\.so\b/.test(name) && access[2] === "x")
    .map(({ name }) => name)
    .sort((one, other) => statSync(one).size - statSync(other).size)[0]!;
const windowsLibrary = makeLibrary({
    is64Bit: false,
    functions: { first: 0x1100, second: 0x1200 },
    imageBytes: 0x5000,
});

describe("program files that lie", () => {
    const elf = readFileSync(library);
    const image = loadedImage(elf);
    const sectionsAt = Number(elf.readBigUInt64LE(40));
    const sectionCount = elf.readUInt16LE(60);

    it("hostile modules: the files are right before they are damaged", () => {
        assert.ok(tableOf(readElf, elf).count > 0);
        assert.equal(tableOf(readStripped, elf).count, tableOf(readElf, elf).count);
        assert.equal(tableOf(readMemory, image).count, tableOf(readElf, elf).count);
        assert.equal(tableOf(readPe, windowsLibrary).count, 2);
    });

    it("hostile modules: 8000 damaged files each end in a table or a refusal, and little of them is read", () => {
        const heads = { elf: elf.subarray(0, 0x2000), pe: windowsLibrary };
        for (let seed = 0; seed < 2000; seed++) {
            // The headers alone, or most damage would be in code.
            const head = mutate(Buffer.from(heads.elf), seed);
            const damaged = Buffer.concat([head, elf.subarray(0x2000)]);
            attempt(readElf, damaged);
            attempt(readStripped, damaged);
            attempt(
                readMemory,
                Buffer.concat([mutate(Buffer.from(image.subarray(0, 0x2000)), seed), image.subarray(0x2000)]),
            );
            attempt(readPe, mutate(Buffer.from(heads.pe), seed));
        }
    });

    it("hostile modules: damaged section headers end in a table or a refusal", () => {
        for (let seed = 0; seed < 2000; seed++) {
            const sections = mutate(Buffer.from(elf.subarray(sectionsAt)), seed);
            attempt(readElf, Buffer.concat([elf.subarray(0, sectionsAt), sections]));
        }
    });

    it("hostile modules: files cut off anywhere in their headers end in a table or a refusal", () => {
        for (let size = 0; size < 0x600; size++) {
            attempt(readElf, elf.subarray(0, size));
            attempt(readMemory, image.subarray(0, size));
            attempt(readPe, windowsLibrary.subarray(0, size));
        }
    });

    const lies: [what: string, change: (file: Buffer) => void][] = [
        ["65535 program headers", (file) => file.writeUInt16LE(0xffff, 56)],
        ["65535 section headers", (file) => file.writeUInt16LE(0xffff, 60)],
        ["program headers at the end of the address space", (file) => file.writeBigUInt64LE(2n ** 64n - 1n, 32)],
        ["section headers at the end of the address space", (file) => file.writeBigUInt64LE(2n ** 64n - 1n, 40)],
        ["section headers that are the file's own start", (file) => file.writeBigUInt64LE(0n, 40)],
        ["tables of 2^60 bytes", eachSection((section) => section.writeBigUInt64LE(2n ** 60n, 32))],
        [
            "tables at the end of the address space",
            eachSection((section) => section.writeBigUInt64LE(2n ** 64n - 1n, 24)),
        ],
        ["tables whose names are in themselves", eachSection((section, index) => section.writeUInt32LE(index, 40))],
        ["tables whose names are in no section", eachSection((section) => section.writeUInt32LE(0xffffffff, 40))],
    ];
    for (const [what, change] of lies) {
        it(`hostile modules: an ELF file that claims ${what}`, () => {
            const file = Buffer.from(elf);
            change(file);
            attempt(readElf, file);
            attempt(readStripped, file);
        });
    }

    function eachSection(change: (section: Buffer, index: number) => void): (file: Buffer) => void {
        return (file) => {
            for (let index = 0; index < sectionCount; index++) change(file.subarray(sectionsAt + index * 64), index);
        };
    }

    for (const [what, field] of [
        ["functions", 20],
        ["names", 24],
    ] as const) {
        it(`hostile modules: a Windows library that claims 2^32 - 1 exported ${what}`, () => {
            const file = Buffer.from(windowsLibrary);
            file.writeUInt32LE(0xffffffff, exportsStart + field);
            assert.equal(attempt(readPe, file)?.count ?? 0, 0);
        });
    }

    it("hostile modules: a Windows library whose exports are forwarders, data or outside of it has no functions", () => {
        const functions = { forwarder: exportsStart + 4, beyond: 0xfffffff0, header: 0x10, own: 0x1100 };
        const file = makeLibrary({ is64Bit: true, functions, imageBytes: 0x5000 });
        const table = tableOf(readPe, file);
        assert.equal(table.count, 1);
        assert.equal(functionAt({ functions: table, bytes: new BufferBytes(file) }, 0x1101).function, "own");
    });

    it("hostile modules: a hash table in memory whose chains never end is given up", () => {
        const headers = readElfHeaders(new BufferBytes(elf));
        const dynamic = headers.segments.find(({ type }) => type === segmentDynamic)!;
        const loaded = headers.segments.find(
            ({ type, address, bytes }) =>
                type === segmentLoaded && address <= dynamic.address && dynamic.address < address + bytes,
        )!;
        const file = Buffer.from(elf);
        let tables = 0;
        for (let at = dynamic.address - loaded.address + loaded.from; file.readUInt32LE(at) !== 0; at += 16) {
            if (file.readUInt32LE(at) !== 0x6ffffef5) continue;
            const hash = Number(file.readBigUInt64LE(at + 8));
            const chains = hash + 16 + file.readUInt32LE(hash + 8) * 8 + file.readUInt32LE(hash) * 4;
            file.fill(0xfe, chains, chains + 0x400);
            tables++;
        }
        assert.equal(tables, 1);
        attempt(readStripped, file);
    });
});

type Reader = (bytes: BufferBytes) => FunctionTable;

function readElf(bytes: BufferBytes): FunctionTable {
    return readFunctions(bytes, readElfHeaders(bytes));
}

/** By the dynamic section, as in a file without section headers. */
function readStripped(bytes: BufferBytes): FunctionTable {
    return readFunctions(bytes, { ...readElfHeaders(bytes), sections: { from: 0, count: 0 } });
}

function readMemory(bytes: BufferBytes): FunctionTable {
    const headers = readElfHeaders(bytes);
    readDynamicSection(bytes, headers, 0);
    return readLoadedFunctions(bytes, headers, 0);
}

/** An ELF file as it is in memory. */
function loadedImage(file: Buffer): Buffer {
    const { segments, imageBytes } = readElfHeaders(new BufferBytes(file));
    const image = Buffer.alloc(imageBytes);
    for (const { type, from, bytes, address } of segments) {
        if (type === segmentLoaded) file.copy(image, address, from, from + bytes);
    }
    return image;
}

function readPe(bytes: BufferBytes): FunctionTable {
    return readExports(bytes, readHeaders(bytes));
}

function tableOf(read: Reader, file: Buffer): FunctionTable {
    return read(new BufferBytes(file));
}

/**
 * Reads a damaged file, and names in it.
 *
 * @returns null if it was refused
 */
function attempt(read: Reader, file: Buffer): FunctionTable | null {
    const bytes = new BufferBytes(file);
    try {
        const table = read(bytes);
        for (const offset of [0, 1, 0x1000, 0x1101, 0x4000, 0xffffffff]) {
            const { function: name, into } = functionAt({ functions: table, bytes }, offset);
            assert.ok(name === null ? into === 0 : name.length <= 200 && into <= 0xffffffff);
        }
        return table;
    } catch (error) {
        if (!(error instanceof UnreadableFile)) throw error;
        return null;
    } finally {
        assert.ok(bytes.read <= 8 * 2 ** 20, `${bytes.read} bytes were read of ${file.length}`);
    }
}
