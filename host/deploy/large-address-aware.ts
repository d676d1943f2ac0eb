import { statSync } from "node:fs";

import { UserError } from "../errors.js";
import { readSmallFile, UnreadableFile } from "../files/read-small-file.js";
import { sha256 } from "../files/sha256.js";
import { ProgramBytes } from "../game/program-bytes.js";
import { LARGE_ADDRESS_AWARE, readHeaders } from "../game/program-headers.js";
import { readProgramFacts } from "../game/program-facts.js";
import type { Manifest } from "./manifest.js";

/** How the program is made large-address-aware. */
export interface ProgramPatch {
    /** The program's file. */
    readonly file: string;
    /** Where a copy of it is kept. */
    readonly backup: string;
    /** What it holds now. */
    readonly original: Buffer;
    /** What it is to hold. */
    readonly patched: Buffer;
    /** Its permissions, as Linux counts them. */
    readonly mode: number;
    /** SHA-256 of both contents. */
    readonly hashes: NonNullable<Manifest["program"]>;
}

/** The game has 16 MB. */
export const MAX_PROGRAM_BYTES = 67_108_864;

export function backupName(program: string): string {
    return `${program}.poolnv-backup`;
}

/**
 * Plans to set the one bit in the program's header.
 *
 * @returns null where it is set already
 * @throws UserError PROTECTED_PROGRAM, whose protection finds out about any change; UNSUITABLE_GAME
 */
export function planPatch(program: string): ProgramPatch | null {
    try {
        const facts = readProgramFacts(program, []);
        if (facts.largeAddressAware) return null;
        if (facts.isProtected)
            throw new UserError(
                "PROTECTED_PROGRAM",
                `${program} is protected by Steam (.bind), and a protected program that was changed does not start.`,
                "Use the FNV 4GB Patcher, which unpacks it first: nexusmods.com/newvegas/mods/62552",
            );
        const original = readSmallFile(program, MAX_PROGRAM_BYTES);
        if (original === null) throw new UnreadableFile(program, "it has gone");
        const { flagsAt, flags } = ProgramBytes.read(program, readHeaders);
        const patched = Buffer.from(original);
        patched.writeUInt16LE(flags | LARGE_ADDRESS_AWARE, flagsAt);
        const hashes = { original: sha256(original), patched: sha256(patched) };
        return {
            file: program,
            backup: backupName(program),
            original,
            patched,
            mode: statSync(program).mode & 0o777,
            hashes,
        };
    } catch (error) {
        if (!(error instanceof UnreadableFile)) throw error;
        throw new UserError("UNSUITABLE_GAME", error.message, "Let your store's client check the game's files.", {
            cause: error,
        });
    }
}

/**
 * Looks at a patched program before it takes the place of the other one.
 *
 * @throws Error where it is not what it should be
 */
export function verifyPatched(written: string, { hashes }: ProgramPatch): void {
    const bytes = readSmallFile(written, MAX_PROGRAM_BYTES);
    if (bytes === null || sha256(bytes) !== hashes.patched || !readProgramFacts(written, []).largeAddressAware)
        throw new Error(`${written} was not written as it should be`);
}
