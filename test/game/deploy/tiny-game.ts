import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NtExecutable } from "resedit";

import { layout, pageBytes } from "../../fixtures/standin/layout.js";
import { bytesOf, hookableSites } from "../../fixtures/standin/sites/index.js";
import { addVersion } from "../../fixtures/standin/version.js";

/**
 * Makes a folder that deploy takes for the game's: its program is whole and of the right version, and has nothing of the
 * game's code but what poolnv knows it by.
 */
export function makeTinyGame(folder: string, { protectedBySteam = false, version = "1.4.0.525" } = {}): string {
    mkdirSync(join(folder, "data"), { recursive: true });
    writeFileSync(join(folder, "data", "FalloutNV.esm"), "TES4");
    writeFileSync(join(folder, "FalloutNV.exe"), tinyProgram(protectedBySteam, version));
    return folder;
}

/** A program of the right version that can't be run. */
export function tinyProgram(protectedBySteam = false, version = "1.4.0.525"): Buffer {
    const empty = NtExecutable.createEmpty(true, false);
    empty.newHeader.fileHeader.characteristics &= ~0x0020;
    empty.newHeader.optionalHeader.fileAlignment = pageBytes; // room in the headers for more sections
    const program = addCode(addVersion(new Uint8Array(empty.generate()), version));
    if (protectedBySteam) program.write(".bind\0\0\0", program.indexOf(".rsrc\0\0\0"), "latin1");
    return program;
}

/** Adds a section for each page that has a function which poolnv knows the game by. */
function addCode(program: Buffer): Buffer {
    const headers = program.readUInt32LE(0x3c);
    program.writeUInt32LE(layout.imageBase, headers + 24 + 28);
    const pages = [...new Set(hookableSites.map(({ address }) => address - (address % pageBytes)))];
    const table = headers + 24 + program.readUInt16LE(headers + 20);
    const first = program.readUInt16LE(headers + 6);
    program.writeUInt16LE(first + pages.length, headers + 6);
    const code = pages.map((page, index) => {
        const entry = table + 40 * (first + index);
        program.write(".text\0\0\0", entry, "latin1");
        const from = program.length + index * pageBytes;
        for (const [field, value] of [pageBytes, page - layout.imageBase, pageBytes, from].entries())
            program.writeUInt32LE(value, entry + 8 + 4 * field);
        return codeOf(page);
    });
    return Buffer.concat([program, ...code]);
}

function codeOf(page: number): Buffer {
    const code = Buffer.alloc(2 * pageBytes);
    for (const site of hookableSites.filter(({ address }) => address >= page && address < page + pageBytes))
        code.set(bytesOf(site), site.address - page);
    return code.subarray(0, pageBytes);
}
