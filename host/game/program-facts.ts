import { basename } from "node:path";
import { profilesOf } from "../../shared/games/index.js";
import type { GameProfile } from "../../shared/games/profile.js";
import { fileOffsetOf, largeAddressAwareFlag, type ProgramHeaders, read32BitHeaders } from "../modules/pe/headers.js";
import { ProgramBytes } from "../modules/program-bytes.js";
import { readVersion } from "./program-version.js";

/** What the file of a game's program says about it. */
export interface ProgramFacts {
    /** Address that it is linked for. */
    readonly imageBase: number;
    /** Four numbers; null: it has no version resource. */
    readonly version: string | null;
    /** It may use 4 GB. */
    readonly largeAddressAware: boolean;
    /** Steam's protection: the code in the file is encrypted until the program runs. */
    readonly isProtected: boolean;
    /** It was patched to load the game's script extender itself. */
    readonly loadsExtender: boolean;
    /** Names of the functions that differ from the profile of this version; null: there is no such profile. */
    readonly differing: readonly string[] | null;
}

/**
 * Reads what doctor and deploy need to know of a game's program.
 *
 * @throws UnreadableFile if it is no 32-bit Windows program, or can't be read
 */
export function readProgramFacts(program: string, profiles: readonly GameProfile[]): ProgramFacts {
    const known = profilesOf(basename(program), profiles);
    return ProgramBytes.read(program, (bytes) => {
        const headers = read32BitHeaders(bytes);
        const version = readVersion(bytes, headers);
        const profile = known.find((candidate) => candidate.version === version);
        const extender = known[0]?.game.scriptExtender ?? null;
        return {
            imageBase: headers.imageBase,
            version,
            largeAddressAware: (headers.flags & largeAddressAwareFlag) !== 0,
            isProtected: headers.sections.some(({ name }) => name === protectedSection),
            loadsExtender: extender !== null && bytes.contains(extender.library, searchedBytes),
            differing: profile === undefined ? null : differing(bytes, headers, profile),
        };
    });
}

/** The stub of Steam's protection (xNVSE, `loader_common/IdentifyEXE.cpp`). */
const protectedSection = ".bind";
/** FalloutNV.exe has 16 MB. */
const searchedBytes = 67_108_864;

/** The scrap heap is only hooked on request: without it a difference there does no harm. */
function differing(bytes: ProgramBytes, headers: ProgramHeaders, { imageBase, functions }: GameProfile): string[] {
    return functions
        .filter(({ layer }) => layer !== "scrapheap")
        .filter((wanted) => {
            const expected = Buffer.from(wanted.bytes.replaceAll(" ", ""), "hex");
            const offset = fileOffsetOf(headers, wanted.address - imageBase, expected.length);
            return offset === null || !bytes.at(offset, expected.length).equals(expected);
        })
        .map(({ name }) => name);
}
