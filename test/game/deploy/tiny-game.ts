import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NtExecutable } from "resedit";
import { falloutNv } from "../../../shared/games/falloutnv-1.4.0.525.js";
import type { GameFunction, GameProfile } from "../../../shared/games/profile.js";
import { pageBytes } from "../../fixtures/standin/layout.js";
import { addVersion } from "../../fixtures/standin/version.js";

/** How a tiny game differs from the usual one. */
export interface TinyGame {
    /** Game and version; Fallout: New Vegas by default. */
    readonly profile?: GameProfile;
    /** Version in the program's resources; by default that of the profile. */
    readonly version?: string;
    /** With the section of Steam's protection. */
    readonly protectedBySteam?: boolean;
}

/**
 * Makes a folder that deploy accepts as a game's: its program is a valid file of the right version, which has nothing but
 * the first bytes of the functions in the profile.
 */
export function makeTinyGame(folder: string, options: TinyGame = {}): string {
    const { game } = options.profile ?? falloutNv;
    const data = join(folder, game.plugins[0]!.toLowerCase());
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, game.program.replace(/exe$/, "esm")), "TES4");
    writeFileSync(join(folder, game.program), tinyProgram(options));
    return folder;
}

/** A program of the right version that can't be run. */
export function tinyProgram({ profile = falloutNv, version, protectedBySteam = false }: TinyGame = {}): Buffer {
    const empty = NtExecutable.createEmpty(true, false);
    empty.newHeader.fileHeader.characteristics &= ~0x0020;
    empty.newHeader.optionalHeader.fileAlignment = pageBytes; // leaves space in the headers for more sections
    const versioned = addVersion(new Uint8Array(empty.generate()), version ?? profile.version);
    const program = addCode(versioned, profile);
    if (protectedBySteam) program.write(".bind\0\0\0", program.indexOf(".rsrc\0\0\0"), "latin1");
    return program;
}

/** Adds a section for each page with a function of the profile. */
function addCode(program: Buffer, { imageBase, functions }: GameProfile): Buffer {
    const headers = program.readUInt32LE(0x3c);
    program.writeUInt32LE(imageBase, headers + 24 + 28);
    const pages = [...new Set(functions.map(({ address }) => address - (address % pageBytes)))];
    const table = headers + 24 + program.readUInt16LE(headers + 20);
    const first = program.readUInt16LE(headers + 6);
    program.writeUInt16LE(first + pages.length, headers + 6);
    const code = pages.map((page, index) => {
        const entry = table + 40 * (first + index);
        program.write(".text\0\0\0", entry, "latin1");
        const from = program.length + index * pageBytes;
        for (const [field, value] of [pageBytes, page - imageBase, pageBytes, from].entries()) {
            program.writeUInt32LE(value, entry + 8 + 4 * field);
        }
        return codeOf(page, functions);
    });
    return Buffer.concat([program, ...code]);
}

function codeOf(page: number, functions: readonly GameFunction[]): Buffer {
    const code = Buffer.alloc(2 * pageBytes);
    for (const { address, bytes } of functions) {
        if (address >= page && address < page + pageBytes) {
            code.set(Buffer.from(bytes.replaceAll(" ", ""), "hex"), address - page);
        }
    }
    return code.subarray(0, pageBytes);
}
