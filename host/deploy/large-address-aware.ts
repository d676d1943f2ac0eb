import { hash } from "node:crypto";
import { statSync } from "node:fs";
import type { Tool } from "../../shared/games/game.js";
import { UserError } from "../errors.js";
import { systemPath } from "../files/path-bytes.js";
import { readSmallFile } from "../files/read-file.js";
import { UnreadableFile } from "../files/system-error.js";
import { readProgramFacts } from "../game/program-facts.js";
import { largeAddressAwareFlag, read32BitHeaders } from "../modules/pe/headers.js";
import { ProgramBytes } from "../modules/program-bytes.js";
import type { Manifest } from "./manifest.js";

/** How to make the program large-address-aware. */
export interface ProgramPatch {
    /** The program's file. */
    readonly file: string;
    /** Path of its backup. */
    readonly backup: string;
    /** Its content now. */
    readonly original: Buffer;
    /** Its new content. */
    readonly patched: Buffer;
    /** Its permissions: `st_mode & 0777`. */
    readonly mode: number;
    /** SHA-256 of both contents. */
    readonly hashes: NonNullable<Manifest["program"]>;
}

/** FalloutNV.exe has 16 MB. */
export const maxProgramBytes = 67_108_864;

export function backupName(program: string): string {
    return `${program}.poolnv-backup`;
}

/**
 * Plans to set the flag in the program's header.
 *
 * @param patcher what to recommend for a protected program
 * @returns null if it is set already
 * @throws UserError PROTECTED_PROGRAM, UNSUITABLE_GAME
 */
export function planPatch(program: string, patcher: Tool | null): ProgramPatch | null {
    try {
        const facts = readProgramFacts(program, []);
        if (facts.largeAddressAware) return null;
        if (facts.isProtected) {
            throw new UserError(
                "PROTECTED_PROGRAM",
                `${program} is protected by Steam (.bind): it does not start once it is changed.`,
                patcher === null
                    ? "Use an unprotected copy of the program."
                    : `Use the ${patcher.name}, which unpacks it first: ${patcher.page}`,
            );
        }
        const original = readSmallFile(program, maxProgramBytes);
        if (original === null) throw new UnreadableFile(program, "it does not exist");
        const { flagsAt, flags } = ProgramBytes.read(program, read32BitHeaders);
        const patched = Buffer.from(original);
        patched.writeUInt16LE(flags | largeAddressAwareFlag, flagsAt);
        const hashes = { original: hash("sha256", original), patched: hash("sha256", patched) };
        return {
            file: program,
            backup: backupName(program),
            original,
            patched,
            mode: statSync(systemPath(program)).mode & 0o777,
            hashes,
        };
    } catch (error) {
        if (!(error instanceof UnreadableFile)) throw error;
        throw new UserError("UNSUITABLE_GAME", error.message, "Let your store's client verify the game's files.", {
            cause: error,
        });
    }
}

/**
 * Checks a patched program before it replaces the original.
 *
 * @throws Error if it is not as planned
 */
export function verifyPatched(written: string, { hashes }: ProgramPatch): void {
    const bytes = readSmallFile(written, maxProgramBytes);
    if (
        bytes === null ||
        hash("sha256", bytes) !== hashes.patched ||
        !readProgramFacts(written, []).largeAddressAware
    ) {
        throw new Error(`${written} was not written correctly`);
    }
}
